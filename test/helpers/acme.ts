/** A technique that only a rules folder knows: a service that nobody else has takes a role. */
export const ACME_TECHNIQUE = `
id: x-acme-launch
title: Launch a thing with a passed role
category: new-passrole
source: https://acme.example/docs, 2026-05
bind:
  role: { is: role, trusts: [acme.amazonaws.com] }
permissions:
  - { action: iam:PassRole, on: role, passedTo: [acme.amazonaws.com] }
  - { action: acme:LaunchThing, on: any }
gives: { identity: role }
nearMiss:
  - { without: iam:PassRole }
`;

/** An administrator that the service may be handed. */
export const ACME_ADMIN = `
resource "aws_iam_role" "admin" {
  name               = "boss"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "acme.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}
resource "aws_iam_role_policy_attachment" "admin" {
  role       = aws_iam_role.admin.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
`;
