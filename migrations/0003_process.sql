CREATE TABLE case_ (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    diagram_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    about_entity TEXT NOT NULL,
    about_id BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    step TEXT,
    step_name TEXT,
    since BIGINT NOT NULL,
    rests BIGINT NOT NULL,
    task_id BIGINT,
    error TEXT,
    error_args TEXT,
    variables TEXT,
    wish TEXT,
    started_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX case__about_id ON case_ (about_id);
CREATE INDEX case__diagram_id_state ON case_ (diagram_id, state);
CREATE INDEX case__state_started_at ON case_ (state, started_at);
CREATE TABLE case_step (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    element TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    at BIGINT NOT NULL,
    user_id BIGINT,
    event TEXT,
    flow TEXT,
    error TEXT,
    message TEXT,
    error_args TEXT
);
CREATE INDEX case_step_case_id_id ON case_step (case_id, id);
CREATE TABLE diagram (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    edition BIGINT NOT NULL,
    state TEXT NOT NULL,
    xml TEXT NOT NULL,
    shipped BIGINT NOT NULL,
    published_by_id BIGINT,
    published_at BIGINT,
    grants TEXT
);
CREATE INDEX diagram_code_edition ON diagram (code, edition);
CREATE INDEX diagram_state ON diagram (state);
CREATE TABLE task (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    element TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    role TEXT NOT NULL,
    about_entity TEXT NOT NULL,
    about_id BIGINT NOT NULL,
    entity TEXT,
    command TEXT,
    record_id BIGINT,
    due BIGINT,
    state TEXT NOT NULL,
    assignee_id BIGINT,
    opened_at BIGINT NOT NULL,
    closed_at BIGINT,
    closed_by_id BIGINT
);
CREATE INDEX task_state_role ON task (state, role);
