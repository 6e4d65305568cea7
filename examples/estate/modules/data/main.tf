variable "prefix" { type = string }

resource "aws_dynamodb_table" "customers" {
  name         = "${var.prefix}-customers"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "customer_id"

  attribute {
    name = "customer_id"
    type = "S"
  }

  tags = {
    data-classification = "restricted"
    owner               = "maria.lund@harbourline.example"
  }
}

# Positions of ships: anyone may know them.
resource "aws_dynamodb_table" "tracking" {
  name         = "${var.prefix}-vessel-positions"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "imo"

  attribute {
    name = "imo"
    type = "S"
  }

  tags = { data-classification = "public" }
}

resource "aws_dynamodb_table" "table" {
  for_each = {
    billing    = { name = "billing", class = "confidential" }
    hr_records = { name = "hr-compensation", class = "restricted" }
    crm        = { name = "crm-records", class = "confidential" }
    leads      = { name = "web-leads", class = "internal" }
    payments   = { name = "supplier-payments", class = "restricted" }
    tickets    = { name = "helpdesk-tickets", class = "internal" }
    devices    = { name = "device-accounts", class = "confidential" }
  }

  name         = "${var.prefix}-${each.value.name}"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  tags = { data-classification = each.value.class }
}

resource "aws_s3_bucket" "website" {
  bucket = "${var.prefix}-website"
  tags   = { data-classification = "public" }
}

resource "aws_cognito_user_pool" "staff" {
  name = "${var.prefix}-staff"
  admin_create_user_config {
    allow_admin_create_user_only = true
  }
}

resource "aws_cognito_user_pool_client" "staff" {
  name         = "${var.prefix}-helpdesk"
  user_pool_id = aws_cognito_user_pool.staff.id
}

output "customers" { value = { name = aws_dynamodb_table.customers.name, arn = aws_dynamodb_table.customers.arn } }
output "tracking" { value = { name = aws_dynamodb_table.tracking.name, arn = aws_dynamodb_table.tracking.arn } }
output "billing" { value = { name = aws_dynamodb_table.table["billing"].name, arn = aws_dynamodb_table.table["billing"].arn } }
output "hr_records" { value = { name = aws_dynamodb_table.table["hr_records"].name, arn = aws_dynamodb_table.table["hr_records"].arn } }
output "crm" { value = { name = aws_dynamodb_table.table["crm"].name, arn = aws_dynamodb_table.table["crm"].arn } }
output "leads" { value = { name = aws_dynamodb_table.table["leads"].name, arn = aws_dynamodb_table.table["leads"].arn } }
output "payments" { value = { name = aws_dynamodb_table.table["payments"].name, arn = aws_dynamodb_table.table["payments"].arn } }
output "tickets" { value = { name = aws_dynamodb_table.table["tickets"].name, arn = aws_dynamodb_table.table["tickets"].arn } }
output "devices" { value = { name = aws_dynamodb_table.table["devices"].name, arn = aws_dynamodb_table.table["devices"].arn } }
output "website_bucket" { value = { name = aws_s3_bucket.website.bucket, arn = aws_s3_bucket.website.arn } }
output "staff_pool" {
  value = {
    id     = aws_cognito_user_pool.staff.id
    issuer = "https://cognito-idp.eu-west-1.amazonaws.com/${aws_cognito_user_pool.staff.id}"
    client = aws_cognito_user_pool_client.staff.id
  }
}
