# Scenario 7: drafts orders, and also pays and deletes them, with nobody to ask.
module "procurement" {
  source      = "../bedrock-agent"
  name        = "${var.prefix}-procurement"
  instruction = "You draft purchase orders and settle invoices of suppliers."
  tools       = { draft_order = "Drafts an order", pay_supplier = "Pays a supplier", cancel_payment = "Deletes a payment" }
  statements  = [{ actions = ["dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:GetItem"], resources = [var.stores.payments.arn] }]
}

# Looks the same and is not: drafts only; the payment is made by a person in another system.
module "order_drafts" {
  source      = "../bedrock-agent"
  name        = "${var.prefix}-order-drafts"
  instruction = "You draft purchase orders."
  tools       = { draft_order = "Drafts an order" }
  statements  = [{ actions = ["dynamodb:GetItem"], resources = [var.stores.leads.arn] }]
  tags        = { owner = "sara.nilsson@harbourline.example" }
}
