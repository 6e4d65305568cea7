# Scenario 2: reads a form that applicants fill in, and may read what people earn.
module "onboarding" {
  source      = "../bedrock-agent"
  name        = "${var.prefix}-hr-onboarding"
  instruction = "You prepare the first day of new colleagues from the onboarding form."
  tools       = { find_person = "Finds a person in the directory", send_welcome = "Sends the welcome mail" }
  statements = [
    { actions = ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"], resources = [var.stores.hr.arn] },
    { actions = ["ses:SendEmail"], resources = ["*"] },
  ]
}

# Scenario 3: leads come in from the web; the query tool sees the whole CRM.
module "marketing" {
  source      = "../bedrock-agent"
  name        = "${var.prefix}-marketing"
  instruction = "You qualify the leads that come in over the website and answer them by mail."
  tools       = { query_crm = "Runs a query in the CRM", answer_lead = "Writes to the lead" }
  statements = [
    { actions = ["dynamodb:PartiQLSelect", "dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem"], resources = [var.stores.crm.arn, var.stores.leads.arn] },
    { actions = ["ses:SendEmail"], resources = ["*"] },
  ]
}
