// Calls that must compile without a cast and do what they say: node calls.js BASE TOKEN CHECKER
import createClient from "openapi-fetch";
import type { paths } from "./clients";

declare const process: { argv: string[] };
const [, , baseUrl, token, checker] = process.argv;
const as = (bearer: string) =>
  createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${bearer}` } });
const api = as(token);

function equal(found: unknown, expected: unknown): void {
  if (found !== expected) throw new Error(`expected ${expected}, found ${found}`);
}

const created = await api.POST("/api/bpm/cmd#CreateContactCommand", {
  body: {
    commandName: "CreateContactCommand",
    data: {
      firstName: "Ada", lastName: "Typescript", emailAddress: "ada.ts@example.com", phoneNumber: "+2348031234501",
      dateOfBirth: "1991-04-23", gender: "Female", address: "12 Allen Avenue", city: "Ikeja", state: "Lagos",
      country: "Nigeria", identificationType: "International Passport", identificationNumber: "T00000001",
    },
  },
  params: { header: { "Idempotency-Key": "ts-create" } },
});
const customerNumber: string | null | undefined = created.data?.data.customerNumber;
if (!customerNumber) throw new Error(JSON.stringify(created.error));

const found = await api.POST("/api/bpm/qry#RetrieveContactByIdQuery", {
  body: { queryName: "RetrieveContactByIdQuery", data: { customerNumber } },
});
equal(found.data?.data.lastName, "Typescript");

const updated = await api.POST("/api/bpm/cmd#UpdateContactCommand", {
  body: { commandName: "UpdateContactCommand", data: { customerNumber, city: "Abuja", middleName: null }, dryRun: true },
  params: { header: { "If-Match": '"1"' } },
});
equal(updated.data?.data.dryRun, true);

const requested = await api.POST("/api/bpm/cmd#RequestCustomerApprovalCommand", {
  body: { commandName: "RequestCustomerApprovalCommand", data: { customerNumber } },
});
equal(requested.response.status, 200);

const own = await api.POST("/api/bpm/cmd#ApproveCustomerCommand", {
  body: { commandName: "ApproveCustomerCommand", data: { customerNumber } },
});
equal(own.error?.errors[0]?.code, "four_eyes");

const approved = await as(checker).POST("/api/bpm/cmd#ApproveCustomerCommand", {
  body: { commandName: "ApproveCustomerCommand", data: { customerNumber, approvalNotes: "Seen." } },
});
equal(approved.data?.data.approvalStatus, "Approved");

const listed = await api.POST("/api/bpm/qry#RetrieveContactListQuery", {
  body: {
    queryName: "RetrieveContactListQuery",
    data: {
      filters: [
        { propertyName: "lastName", operator: "StartsWith", value: "Type" },
        { logic: "or", filters: [
          { propertyName: "age", operator: "Between", value: [18, 99] },
          { propertyName: "middleName", operator: "IsNotEmpty" },
        ] },
      ],
      sort: [{ propertyName: "lastName", direction: "asc" }],
    },
  },
});
equal(listed.data?.data.contacts.length, 1);

const history = await api.POST("/api/bpm/qry#RetrieveContactHistoryQuery", {
  body: { queryName: "RetrieveContactHistoryQuery", data: { customerNumber, pageSize: 10 } },
});
equal(history.response.status, 200);

const stranger = await as("no-token").POST("/api/bpm/qry#RetrieveLifecycleQuery", {
  body: { queryName: "RetrieveLifecycleQuery" },
});
equal(stranger.error?.statusCode, "CBS_401");

const ready = await api.GET("/readyz");
equal(ready.data?.data.status, "ready");
