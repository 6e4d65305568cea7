variable "region" {
  type    = string
  default = "eu-west-1"
}

variable "account_id" {
  type        = string
  description = "The production account."
  default     = "111122223333"
}

locals {
  prefix = "harbourline"
}
