"""Calls through the client that openapi-generator made: calls.py FOLDER BASE TOKEN CHECKER"""

import sys

folder, base, token, checker = sys.argv[1:]
sys.path.insert(0, folder)

import openapi_client as made  # noqa: E402  (it was generated a moment ago)


def api(kind, bearer):
    return kind(made.ApiClient(made.Configuration(host=base, access_token=bearer)))


commands, queries = api(made.CommandsApi, token), api(made.QueriesApi, token)

created = commands.create_contact_command(
    made.CreateContactCommand(
        command_name="CreateContactCommand",
        data=made.CreateContactCommandData(
            first_name="Ada", last_name="Python", email_address="ada.py@example.com", phone_number="+2348031234502",
            date_of_birth="1991-04-23", gender="Female", address="12 Allen Avenue", city="Ikeja", state="Lagos",
            country="Nigeria", identification_type="International Passport", identification_number="P00000001",
        ),
    ),
    idempotency_key="py-create",
)
number = created.data.customer_number
assert created.is_successful and number.startswith("CUST")

found = queries.retrieve_contact_by_id_query(
    made.RetrieveContactByIdQuery(
        query_name="RetrieveContactByIdQuery", data=made.RetrieveContactByIdQueryData(customer_number=number)
    )
)
assert found.data.last_name == "Python"

requested = commands.request_customer_approval_command(
    made.RequestCustomerApprovalCommand(
        command_name="RequestCustomerApprovalCommand",
        data=made.RequestCustomerApprovalCommandData(customer_number=number),
    )
)
assert requested.is_successful

approval = made.ApproveCustomerCommand(
    command_name="ApproveCustomerCommand", data=made.ApproveCustomerCommandData(customer_number=number)
)
try:
    commands.approve_customer_command(approval)
except made.ApiException as failure:
    assert failure.status == 403 and '"four_eyes"' in failure.body, failure
else:
    raise AssertionError("whoever made a client approved it")
approved = api(made.CommandsApi, checker).approve_customer_command(approval)
assert approved.data.approval_status == "Approved"

condition = made.FilterOnText(property_name="lastName", operator="Equals", value="python")
listed = queries.retrieve_contact_list_query(
    made.RetrieveContactListQuery(
        query_name="RetrieveContactListQuery",
        data=made.RetrieveContactListQueryData(filters=[made.Filter(condition)], page_size=5),
    )
)
assert [contact.customer_number for contact in listed.data.contacts] == [number]

history = queries.retrieve_contact_history_query(
    made.RetrieveContactHistoryQuery(
        query_name="RetrieveContactHistoryQuery", data=made.RetrieveContactHistoryQueryData(customer_number=number)
    )
)
assert history.is_successful

try:
    api(made.QueriesApi, "no-token").retrieve_lifecycle_query(
        made.RetrieveLifecycleQuery(query_name="RetrieveLifecycleQuery")
    )
except made.exceptions.UnauthorizedException as failure:
    assert failure.data.status_code == "CBS_401"
else:
    raise AssertionError("no token was needed")
print("9 calls by the generated Python client")
