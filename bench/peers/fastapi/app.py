"""What a team would write instead: FastAPI, SQLAlchemy 2 and asyncpg on the same tables.

A creation writes the client, its line of history, its event and the outcome of its idempotency key in one transaction, as
the service does. It does less otherwise: no lifecycle, no claims against duplicates, no permissions, no limits.
"""

import datetime as dt
import hashlib
import os
import unicodedata
import uuid

import jwt
from fastapi import Depends, FastAPI, Header, HTTPException
from fastapi.responses import ORJSONResponse
from pydantic import BaseModel, Field
from sqlalchemy import MetaData, Table, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

SECRET = os.environ["PEER_SECRET"]
engine = create_async_engine(os.environ["PEER_URL"], pool_size=16, max_overflow=0)
Session = async_sessionmaker(engine, expire_on_commit=False)
metadata = MetaData()
app = FastAPI(default_response_class=ORJSONResponse)


@app.on_event("startup")
async def reflect() -> None:
    async with engine.connect() as connection:
        await connection.run_sync(metadata.reflect)


def table(name: str) -> Table:
    return metadata.tables[name]


def caller(authorization: str = Header()) -> dict:
    try:
        return jwt.decode(authorization.removeprefix("Bearer "), SECRET, algorithms=["HS256"], options={"verify_aud": False})
    except jwt.InvalidTokenError as wrong:
        raise HTTPException(401) from wrong


def fold(value: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", value) if not unicodedata.combining(c)).lower()


class Create(BaseModel):
    firstName: str = Field(min_length=1, max_length=100)
    lastName: str = Field(min_length=1, max_length=100)
    middleName: str | None = None
    emailAddress: str = Field(pattern=r"^[^@ ]+@[^@ ]+$")
    phoneNumber: str = Field(pattern=r"^\+?[0-9 ()-]{8,20}$")
    dateOfBirth: dt.date
    gender: str
    address: str
    city: str
    state: str
    country: str
    identificationType: str
    identificationNumber: str
    customerType: str = "Individual"
    maritalStatus: int | None = None
    accountOfficerId: int | None = None
    branchEncodedKey: str | None = None


class Get(BaseModel):
    contactEncodedKey: str


class Search(BaseModel):
    status: list[int]
    branchEncodedKey: str
    pageSize: int = 50
    includeTotal: bool = False


@app.post("/create")
async def create(body: Create, idempotency_key: str = Header(), who: dict = Depends(caller)) -> dict:
    key, now, actor = uuid.uuid4().hex, dt.datetime.now(dt.UTC), who["sub"]
    command = "CreateContactCommand"
    names = [body.firstName, body.middleName, body.lastName]
    async with Session.begin() as session:
        number = (await session.execute(text("SELECT nextval('peer_number')"))).scalar_one()
        customer = f"CUST{1_000_000 + number}"
        answer = {
            "contactEncodedKey": key,
            "id": number,
            "customerNumber": customer,
            "clientState": 3,
            "clientStateDescription": "Pending Approval",
            "dateCreated": now.isoformat(),
            "version": 1,
        }
        outcome = insert(table("client_idempotency")).values(
            actor=actor,
            command=command,
            request_key=idempotency_key,
            fingerprint=hashlib.sha256(body.model_dump_json().encode()).digest(),
            message="Contact created successfully.",
            data=answer,
            version=1,
            at=now,
        )
        if not (await session.execute(outcome.on_conflict_do_nothing())).rowcount:
            raise HTTPException(409)
        searched = [*names, customer, body.emailAddress, body.phoneNumber, body.identificationNumber]
        await session.execute(
            insert(table("client")).values(
                client_key=key,
                id=number,
                version=1,
                state=3,
                first_name=body.firstName,
                middle_name=body.middleName,
                last_name=body.lastName,
                email=body.emailAddress,
                phone=body.phoneNumber,
                address=body.address,
                city=body.city,
                region=body.state,
                country="NG",
                marital_status=body.maritalStatus,
                account_officer=body.accountOfficerId,
                birth_date=body.dateOfBirth,
                gender=body.gender,
                identification_type=body.identificationType,
                identification_number=body.identificationNumber,
                customer_type=body.customerType,
                branch=body.branchEncodedKey,
                activations=[],
                created_by=actor,
                created_at=now,
                modified_at=now,
                first_name_folded=fold(body.firstName),
                middle_name_folded=fold(body.middleName) if body.middleName else None,
                last_name_folded=fold(body.lastName),
                full_name_folded=fold(" ".join(name for name in names if name)),
                email_folded=fold(body.emailAddress),
                address_folded=fold(body.address),
                city_folded=fold(body.city),
                region_folded=fold(body.state),
                country_folded=fold(body.country),
                identification_type_folded=fold(body.identificationType),
                identification_number_folded=fold(body.identificationNumber),
                search_text=fold("\n".join(value for value in searched if value)),
            )
        )
        await session.execute(
            insert(table("client_history")).values(
                client_key=key,
                version=1,
                event="ClientCreated",
                command=command,
                request_id=idempotency_key,
                actor=actor,
                at=now,
                from_state=0,
                action="create",
                to_state=3,
                changed="",
            )
        )
        await session.execute(
            insert(table("client_outbox")).values(
                client_key=key,
                version=1,
                event_id=uuid.uuid4().hex,
                event="ClientCreated",
                at=now,
                data={"contactEncodedKey": key, "version": 1, "toState": "PendingApproval", "changedFields": []},
            )
        )
    return answer


@app.post("/get")
async def get(body: Get, who: dict = Depends(caller)) -> dict:
    client = table("client")
    async with Session() as session:
        row = (await session.execute(select(client).where(client.c.client_key == body.contactEncodedKey))).mappings().first()
    if not row:
        raise HTTPException(404)
    return {
        "id": row["id"],
        "encodedKey": row["client_key"],
        "customerNumber": f"CUST{1_000_000 + row['id']}",
        "firstName": row["first_name"],
        "lastName": row["last_name"],
        "middleName": row["middle_name"],
        "emailAddress": row["email"],
        "phoneNumber": row["phone"],
        "dateOfBirth": row["birth_date"],
        "gender": row["gender"],
        "maritalStatus": row["marital_status"],
        "address": row["address"],
        "city": row["city"],
        "state": row["region"],
        "country": row["country"],
        "identificationType": row["identification_type"],
        "identificationNumber": row["identification_number"],
        "customerType": row["customer_type"],
        "clientState": row["state"],
        "branchEncodedKey": row["branch"],
        "accountOfficerId": row["account_officer"],
        "dateCreated": row["created_at"],
        "lastModified": row["modified_at"],
        "version": row["version"],
        "approvalState": row["approval"],
    }


@app.post("/search")
async def search(body: Search, who: dict = Depends(caller)) -> dict:
    c = table("client").c
    wanted = select(
        c.client_key, c.id, c.first_name, c.last_name, c.email, c.phone, c.state, c.branch, c.created_at, c.modified_at, c.version
    )
    wanted = wanted.where(c.state.in_(body.status), c.branch == body.branchEncodedKey)
    wanted = wanted.order_by(c.created_at.desc(), c.id.desc()).limit(body.pageSize + 1)
    async with Session() as session:
        rows = (await session.execute(wanted)).mappings().all()
    contacts = [
        {
            "contactEncodedKey": row["client_key"],
            "id": row["id"],
            "customerNumber": f"CUST{1_000_000 + row['id']}",
            "firstName": row["first_name"],
            "lastName": row["last_name"],
            "emailAddress": row["email"],
            "phoneNumber": row["phone"],
            "clientState": row["state"],
            "branchEncodedKey": row["branch"],
            "dateCreated": row["created_at"],
            "lastModified": row["modified_at"],
            "version": row["version"],
        }
        for row in rows[: body.pageSize]
    ]
    return {"contacts": contacts, "totalCount": None, "more": len(rows) > body.pageSize}
