# A test of the service compares the answers; among them are refusals.
refusals_are_answers
client-service
tokens
