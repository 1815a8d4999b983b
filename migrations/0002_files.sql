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
