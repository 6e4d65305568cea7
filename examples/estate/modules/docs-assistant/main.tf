variable "prefix" { type = string }

# Scenario 6 (its tools are in .mcp.json): answers about public documentation.
resource "aws_s3_bucket" "docs" {
  bucket = "${var.prefix}-public-docs"
  tags   = { data-classification = "public" }
}
