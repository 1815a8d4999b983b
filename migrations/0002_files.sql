CREATE TABLE attachment (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    about_entity TEXT NOT NULL,
    about_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    digest TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    added_by_id BIGINT,
    archived BIGINT NOT NULL
);
CREATE INDEX attachment_about_id ON attachment (about_id);
CREATE INDEX attachment_digest ON attachment (digest);
CREATE TABLE import_key (
    id BIGINT PRIMARY KEY,
    entity TEXT NOT NULL,
    source_key TEXT NOT NULL
);
CREATE UNIQUE INDEX import_key_entity_source_key ON import_key (entity, source_key);
CREATE TABLE import_run (
    id BIGINT PRIMARY KEY,
    token TEXT NOT NULL,
    mapping TEXT NOT NULL,
    state TEXT NOT NULL,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    report TEXT NOT NULL,
    at BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    company_id BIGINT NOT NULL
);
CREATE UNIQUE INDEX import_run_token ON import_run (token);
