// Calls that must not compile: the compiler fails where one of them does.
import createClient from "openapi-fetch";
import type { components, paths } from "./clients";

const api = createClient<paths>({ baseUrl: "" });
type Filter = components["schemas"]["Filter"];

export async function mistakes() {
  await api.POST("/api/bpm/cmd#ExitCustomerCommand", {
    // @ts-expect-error a misspelt member
    body: { commandName: "ExitCustomerCommand", data: { customerNumber: "CUST1000001", reasn: "Moved." } },
  });
  await api.POST("/api/bpm/cmd#ExitCustomerCommand", {
    // @ts-expect-error no reason
    body: { commandName: "ExitCustomerCommand", data: { customerNumber: "CUST1000001" } },
  });
  await api.POST("/api/bpm/cmd#ExitCustomerCommand", {
    // @ts-expect-error the name of another command
    body: { commandName: "ApproveCustomerCommand", data: { customerNumber: "CUST1000001", reason: "Moved." } },
  });
  await api.POST("/api/bpm/cmd#ApproveCustomerCommand", {
    // @ts-expect-error no data, and so no client
    body: { commandName: "ApproveCustomerCommand" },
  });
  await api.POST("/api/bpm/qry#RetrieveContactByIdQuery", {
    // @ts-expect-error no data, and so no client
    body: { queryName: "RetrieveContactByIdQuery" },
  });
  await api.POST("/api/bpm/qry#PreviewKycPolicyQuery", {
    // @ts-expect-error a policy without a version
    body: { queryName: "PreviewKycPolicyQuery", data: { policy: {} } },
  });
  await api.POST("/api/bpm/qry#RetrieveContactListQuery", {
    body: {
      queryName: "RetrieveContactListQuery",
      // @ts-expect-error a property that nothing is sorted by
      data: { sort: [{ propertyName: "noSuch" }] },
    },
  });
  await api.POST("/api/bpm/cmd#CreateContactCommand", {
    // @ts-expect-error a creation has no version to match
    params: { header: { "If-Match": '"1"' } },
  });
  await api.POST("/api/bpm/cmd#ApproveCustomerCommand", {
    // @ts-expect-error a member of another command
    body: { commandName: "ApproveCustomerCommand", data: { customerNumber: "CUST1000001", reason: "Moved." } },
  });
  await api.POST("/api/bpm/cmd#BlacklistCustomerCommand", {
    // @ts-expect-error the data is a text
    body: { commandName: "BlacklistCustomerCommand", data: "CUST1000001" },
  });
  await api.POST("/api/bpm/qry#RetrieveContactByIdQuery", {
    // @ts-expect-error a query cannot be tried dry
    body: { queryName: "RetrieveContactByIdQuery", data: { customerNumber: "CUST1000001" }, dryRun: true },
  });
  const { data } = await api.POST("/api/bpm/qry#RetrieveContactByIdQuery", {
    body: { queryName: "RetrieveContactByIdQuery", data: { customerNumber: "CUST1000001" } },
  });
  // @ts-expect-error the answer has no such member
  data?.data.surname;
  // @ts-expect-error a query is not sent to the path of commands
  await api.POST("/api/bpm/cmd#RetrieveLifecycleQuery", { body: { queryName: "RetrieveLifecycleQuery" } });
  // @ts-expect-error there is no such operation
  await api.POST("/api/bpm/cmd#NoSuchCommand", {});
}

// @ts-expect-error numbers contain nothing
export const operator: Filter = { propertyName: "age", operator: "Contains", value: 3 };
// @ts-expect-error a filter without a property
export const property: Filter = { operator: "Equals", value: "Okafor" };
// @ts-expect-error a list where one value is taken
export const list: Filter = { propertyName: "city", operator: "Equals", value: ["Ikeja"] };
// @ts-expect-error a value is missing
export const value: Filter = { propertyName: "city", operator: "Equals" };
