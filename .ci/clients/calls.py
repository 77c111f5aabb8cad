"""Calls through the client that openapi-generator made, and wrong calls that it must not let be made: calls.py FOLDER BASE TOKEN CHECKER"""

import sys

import pydantic

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

updated = commands.update_contact_command(
    made.UpdateContactCommand(
        command_name="UpdateContactCommand",
        data=made.UpdateContactCommandData(customer_number=number, city="Abuja"),
        dry_run=True,
    ),
    if_match='"1"',
)
assert updated.data.dry_run

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

assert made.ServiceApi(made.ApiClient(made.Configuration(host=base))).is_ready().data.status == "ready"

key = made.ApproveCustomerCommandData(customer_number=number)
# Each of these is refused by the client itself, before anything is sent.
MISTAKES = {
    "no reason": lambda: made.ExitCustomerCommandData(customer_number=number),
    "the name of another command": lambda: made.ApproveCustomerCommand(command_name="ExitCustomerCommand", data=key),
    "the data of another command": lambda: made.ApproveCustomerCommand(
        command_name="ApproveCustomerCommand", data=made.RetrieveContactHistoryQueryData(customer_number=number)
    ),
    "no data, and so no client": lambda: made.ApproveCustomerCommand(command_name="ApproveCustomerCommand"),
    "a policy without a version": lambda: made.PreviewKycPolicyQueryDataPolicy(),
    "a property that nothing is sorted by": lambda: made.RetrieveContactListQueryDataSortInner(property_name="noSuch"),
    "a creation has no version to match": lambda: commands.create_contact_command(
        made.CreateContactCommand.model_construct(), if_match='"1"'
    ),
    "numbers contain nothing": lambda: made.FilterOnNumber(property_name="age", operator="Contains", value=3),
    "a filter without a property": lambda: made.FilterOnText(operator="Equals", value="Okafor"),
    "a list where one value is taken": lambda: made.FilterOnText(
        property_name="city", operator="Equals", value=["Ikeja"]
    ),
    "a value is missing": lambda: made.FilterOnText(property_name="city", operator="Equals"),
}
for mistake, make in MISTAKES.items():
    try:
        make()
    except pydantic.ValidationError:
        continue
    raise AssertionError(f"the generated client takes a wrong call: {mistake}")
print(f"10 calls by the generated Python client, and {len(MISTAKES)} wrong ones refused by it")
