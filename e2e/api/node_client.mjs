// Somebody else's OData client reads, filters, counts, creates, changes and acts: @odata/client. ADDRESS TOKEN
import assert from "node:assert/strict";
import odata from "@odata/client";

const [address, token] = process.argv.slice(2);
const client = odata.OData.New4({
  serviceEndpoint: `${address}/odata/`,
  fetchProxy: async (url, init) => {
    const headers = { ...init?.headers, Authorization: `Bearer ${token}` };
    const response = await fetch(url, { ...init, headers });
    const text = await response.text();
    return { content: text === "" ? undefined : JSON.parse(text), response };
  },
});

const parties = client.getEntitySet("Parties");
const customers = await parties.query(
  client.newParam().filter(client.newFilter().property("is_customer").eq(true)).orderby("name").top(5),
);
assert.ok(customers.length > 0 && customers.every((c) => c.is_customer));
const count = await parties.count();
assert.ok(count >= customers.length);
assert.equal((await parties.retrieve(customers[0].id)).name, customers[0].name);

const made = await parties.create({ name: "From @odata/client d.o.o.", is_customer: true });
assert.ok(made.id > 0);
assert.equal(await parties.count(), count + 1);
await parties.update(made.id, { phone: "+386 1 234 56 78" });
assert.equal((await parties.retrieve(made.id)).phone, "+386 1 234 56 78");

const orders = client.getEntitySet("SalesOrders");
const [product] = await client.getEntitySet("Products").query(client.newParam().top(1));
const order = await orders.create({ customer_id: made.id, lines: [{ product_id: product.id, quantity: 1 }] });
await orders.action("quote", order.id, {});
assert.equal((await orders.retrieve(order.id)).state, "quoted");
await orders.action("cancel", order.id, {});
assert.equal((await orders.retrieve(order.id)).state, "cancelled");
console.log("@odata/client: read, filtered, counted, created, changed, two actions");
