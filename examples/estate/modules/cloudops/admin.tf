variable "prefix" { type = string }
variable "region" { type = string }
variable "account_id" { type = string }

# Scenario 5: an operations agent on an administrator role; no call names the person behind it.
module "operations" {
  source      = "../bedrock-agent"
  name        = "${var.prefix}-cloud-operations"
  instruction = "You carry out changes in the cloud account that engineers ask for."
  tools       = { run_aws = "Runs any AWS API call" }
  statements  = [{ actions = ["*"], resources = ["*"] }]
}

# Looks the same and is not: it has an administrator-sounding name and may only look.
resource "aws_iam_role" "admin_dashboard" {
  name = "${var.prefix}-admin-dashboard"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "admin_dashboard" {
  name = "look"
  role = aws_iam_role.admin_dashboard.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"], Resource = "*" }]
  })
}
