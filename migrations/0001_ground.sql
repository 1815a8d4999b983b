CREATE TABLE audit (
    id BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    command TEXT NOT NULL,
    entity TEXT NOT NULL,
    record_id BIGINT NOT NULL,
    changes TEXT NOT NULL,
    case_id BIGINT,
    inverse TEXT NOT NULL
);
CREATE INDEX audit_record_id_id ON audit (record_id, id);
CREATE INDEX audit_at ON audit (at);
CREATE TABLE company (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    name TEXT NOT NULL,
    legal_name TEXT NOT NULL,
    tax_number TEXT,
    vat_id TEXT,
    registration_number TEXT,
    country TEXT NOT NULL,
    currency TEXT NOT NULL,
    street TEXT NOT NULL,
    postal_code TEXT NOT NULL,
    town TEXT NOT NULL,
    iban TEXT,
    bic TEXT,
    email TEXT,
    phone TEXT
);
CREATE UNIQUE INDEX company_name ON company (name);
CREATE TABLE custom_field (
    id BIGINT PRIMARY KEY,
    entity TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    label TEXT NOT NULL,
    choices TEXT NOT NULL,
    target TEXT
);
CREATE UNIQUE INDEX custom_field_entity_name ON custom_field (entity, name);
CREATE TABLE event (
    id BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    name TEXT NOT NULL,
    entity TEXT NOT NULL,
    record_id BIGINT NOT NULL,
    about TEXT NOT NULL,
    user_id BIGINT NOT NULL
);
CREATE INDEX event_record_id ON event (record_id);
CREATE INDEX event_at ON event (at);
CREATE TABLE idempotency (
    id BIGINT PRIMARY KEY,
    key TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    request TEXT NOT NULL,
    reply TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE UNIQUE INDEX idempotency_key_user_id ON idempotency (key, user_id);
CREATE INDEX idempotency_at ON idempotency (at);
CREATE TABLE job (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    input TEXT NOT NULL,
    due BIGINT NOT NULL,
    state TEXT NOT NULL,
    tries BIGINT NOT NULL,
    error TEXT NOT NULL,
    company_id BIGINT NOT NULL
);
CREATE INDEX job_state_due ON job (state, due);
CREATE TABLE migration (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE TABLE permission (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    entity TEXT NOT NULL,
    rows TEXT NOT NULL,
    write BIGINT NOT NULL,
    commands TEXT NOT NULL,
    hidden_fields TEXT NOT NULL
);
CREATE INDEX permission_parent_id ON permission (parent_id);
CREATE TABLE role (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    everything BIGINT NOT NULL
);
CREATE UNIQUE INDEX role_code ON role (code);
CREATE TABLE search (
    id BIGINT PRIMARY KEY,
    entity TEXT NOT NULL,
    title TEXT NOT NULL,
    note TEXT NOT NULL,
    folded TEXT NOT NULL
);
CREATE INDEX search_folded ON search (folded);
CREATE TABLE series (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    next BIGINT NOT NULL
);
CREATE UNIQUE INDEX series_name ON series (name);
CREATE TABLE session (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    company_id BIGINT,
    token_hash TEXT NOT NULL,
    csrf TEXT NOT NULL,
    address TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX session_token_hash ON session (token_hash);
CREATE TABLE sign_in_failure (
    id BIGINT PRIMARY KEY,
    login TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX sign_in_failure_login_at ON sign_in_failure (login, at);
CREATE TABLE token (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    name TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    token_hash TEXT NOT NULL,
    issued_at BIGINT NOT NULL,
    revoked BIGINT NOT NULL
);
CREATE UNIQUE INDEX token_token_hash ON token (token_hash);
CREATE TABLE user_ (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT,
    language TEXT NOT NULL,
    theme TEXT NOT NULL,
    active BIGINT NOT NULL,
    password_hash TEXT
);
CREATE UNIQUE INDEX user__login ON user_ (login);
CREATE TABLE user_company (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    company_id BIGINT NOT NULL
);
CREATE INDEX user_company_parent_id ON user_company (parent_id);
CREATE TABLE user_role (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    role_id BIGINT NOT NULL
);
CREATE INDEX user_role_parent_id ON user_role (parent_id);
