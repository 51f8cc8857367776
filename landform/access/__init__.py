"""Who can do what on which resource, from the policies that a bundle holds: no AWS is asked, and no Terraform.

The order to read it in: ``gather`` (a bundle's documents -> principals, resources, guardrails), ``matrix`` (principal x
resource x access level), ``questions`` (who can, what can), ``edges`` (from account to account), ``paths`` (privilege
escalation), ``report`` (the same as JSON, CSV, HTML and a picture). What AWS decides is said by ``landform.iam``.
"""
