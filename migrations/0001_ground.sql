CREATE TABLE absence (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    employee_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    from_on BIGINT NOT NULL,
    to_on BIGINT NOT NULL,
    note TEXT NOT NULL
);
CREATE INDEX absence_employee_id ON absence (employee_id);
CREATE INDEX absence_company_id_from_on ON absence (company_id, from_on);
CREATE TABLE account (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    role TEXT,
    archived BIGINT NOT NULL
);
CREATE UNIQUE INDEX account_company_id_code ON account (company_id, code);
CREATE TABLE account_day (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL,
    day BIGINT NOT NULL,
    amount BIGINT NOT NULL
);
CREATE UNIQUE INDEX account_day_account_id_day ON account_day (account_id, day);
CREATE TABLE account_month (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL,
    month BIGINT NOT NULL,
    amount BIGINT NOT NULL
);
CREATE UNIQUE INDEX account_month_account_id_month ON account_month (account_id, month);
CREATE TABLE activity (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    about_entity TEXT NOT NULL,
    about_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    due_on BIGINT,
    done_on BIGINT,
    responsible_id BIGINT,
    note TEXT
);
CREATE INDEX activity_about_id ON activity (about_id);
CREATE INDEX activity_responsible_id_done_on_due_on ON activity (responsible_id, done_on, due_on);
CREATE TABLE address (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    street TEXT NOT NULL,
    house_number TEXT NOT NULL,
    postal_code TEXT NOT NULL,
    town TEXT NOT NULL,
    region TEXT NOT NULL,
    country TEXT NOT NULL,
    as_typed TEXT,
    valid_from BIGINT,
    valid_to BIGINT
);
CREATE INDEX address_parent_id ON address (parent_id);
CREATE TABLE allocation (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    payment_id BIGINT,
    credit_id BIGINT,
    invoice_id BIGINT,
    supplier_invoice_id BIGINT,
    supplier_credit_id BIGINT,
    amount BIGINT NOT NULL,
    allocated_on BIGINT NOT NULL
);
CREATE INDEX allocation_invoice_id ON allocation (invoice_id);
CREATE INDEX allocation_credit_id ON allocation (credit_id);
CREATE INDEX allocation_supplier_invoice_id ON allocation (supplier_invoice_id);
CREATE INDEX allocation_supplier_credit_id ON allocation (supplier_credit_id);
CREATE INDEX allocation_payment_id ON allocation (payment_id);
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
CREATE INDEX audit_record_id ON audit (record_id);
CREATE INDEX audit_at ON audit (at);
CREATE TABLE bank_line (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    statement_id BIGINT NOT NULL,
    booked_on BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    party_name TEXT NOT NULL,
    iban TEXT,
    reference TEXT,
    text TEXT NOT NULL,
    state TEXT NOT NULL,
    payment_id BIGINT,
    entry_id BIGINT
);
CREATE INDEX bank_line_statement_id ON bank_line (statement_id);
CREATE INDEX bank_line_company_id_state_booked_on ON bank_line (company_id, state, booked_on);
CREATE INDEX bank_line_payment_id ON bank_line (payment_id);
CREATE TABLE bank_statement (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    iban TEXT NOT NULL,
    number TEXT NOT NULL,
    statement_key TEXT NOT NULL,
    statement_on BIGINT NOT NULL,
    currency TEXT NOT NULL,
    opening BIGINT NOT NULL,
    closing BIGINT NOT NULL
);
CREATE UNIQUE INDEX bank_statement_company_id_iban_statement_key ON bank_statement (company_id, iban, statement_key);
CREATE TABLE bill (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    kind TEXT NOT NULL,
    batch BIGINT NOT NULL,
    valid_from BIGINT,
    valid_to BIGINT,
    lot_from BIGINT,
    lot_to BIGINT,
    archived BIGINT NOT NULL,
    order_entity TEXT,
    order_id BIGINT,
    order_line_entity TEXT,
    order_line_id BIGINT,
    released_on BIGINT
);
CREATE UNIQUE INDEX bill_company_id_product_id_revision ON bill (company_id, product_id, revision);
CREATE INDEX bill_order_line_id ON bill (order_line_id);
CREATE TABLE bill_line (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    by_potency BIGINT NOT NULL,
    scrap_percent BIGINT NOT NULL,
    operation BIGINT,
    valid_from BIGINT,
    valid_to BIGINT,
    from_serial BIGINT,
    until_serial BIGINT
);
CREATE INDEX bill_line_product_id ON bill_line (product_id);
CREATE INDEX bill_line_parent_id ON bill_line (parent_id);
CREATE TABLE bill_operation (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    work_center_id BIGINT NOT NULL,
    setup_minutes BIGINT NOT NULL,
    run_minutes BIGINT NOT NULL,
    queue_minutes BIGINT NOT NULL,
    move_minutes BIGINT NOT NULL,
    transfer_quantity BIGINT,
    yield_percent BIGINT NOT NULL,
    skill_id BIGINT,
    tool_id BIGINT,
    setup_family TEXT,
    outside_id BIGINT,
    inspect BIGINT NOT NULL
);
CREATE INDEX bill_operation_work_center_id ON bill_operation (work_center_id);
CREATE INDEX bill_operation_parent_id ON bill_operation (parent_id);
CREATE TABLE bill_output (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    cost_share_percent BIGINT NOT NULL
);
CREATE INDEX bill_output_product_id ON bill_output (product_id);
CREATE INDEX bill_output_parent_id ON bill_output (parent_id);
CREATE TABLE bill_substitute (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    substitute_id BIGINT NOT NULL,
    ratio BIGINT NOT NULL,
    priority BIGINT NOT NULL
);
CREATE INDEX bill_substitute_substitute_id ON bill_substitute (substitute_id);
CREATE INDEX bill_substitute_parent_id ON bill_substitute (parent_id);
CREATE TABLE calendar_exception (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    day BIGINT NOT NULL,
    starts_at TEXT,
    ends_at TEXT,
    text TEXT NOT NULL
);
CREATE INDEX calendar_exception_parent_id ON calendar_exception (parent_id);
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
    parent_id BIGINT NOT NULL,
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
CREATE INDEX case_step_parent_id ON case_step (parent_id);
CREATE TABLE changeover (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    from_family TEXT NOT NULL,
    to_family TEXT NOT NULL,
    minutes BIGINT NOT NULL
);
CREATE INDEX changeover_parent_id ON changeover (parent_id);
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
CREATE TABLE conversion (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    unit_id BIGINT NOT NULL,
    numerator BIGINT NOT NULL,
    denominator BIGINT NOT NULL
);
CREATE INDEX conversion_parent_id ON conversion (parent_id);
CREATE TABLE count_line (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    lot TEXT NOT NULL,
    condition TEXT NOT NULL,
    expected BIGINT NOT NULL,
    counted BIGINT NOT NULL,
    unit_cost BIGINT,
    expires_on BIGINT
);
CREATE INDEX count_line_parent_id ON count_line (parent_id);
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
CREATE TABLE delivery (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    number TEXT,
    direction TEXT NOT NULL,
    state TEXT NOT NULL,
    customer_id BIGINT NOT NULL,
    order_entity TEXT,
    order_id BIGINT,
    location_id BIGINT,
    planned_on BIGINT,
    shipped_on BIGINT,
    address TEXT NOT NULL,
    contact TEXT NOT NULL,
    carrier TEXT NOT NULL,
    tracking TEXT NOT NULL,
    note TEXT
);
CREATE UNIQUE INDEX delivery_company_id_number ON delivery (company_id, number);
CREATE INDEX delivery_order_id ON delivery (order_id);
CREATE INDEX delivery_customer_id ON delivery (customer_id);
CREATE INDEX delivery_state_planned_on ON delivery (state, planned_on);
CREATE TABLE delivery_line (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    text TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    unit_id BIGINT,
    stock_quantity BIGINT NOT NULL,
    wanted BIGINT NOT NULL,
    lot TEXT NOT NULL,
    lots TEXT NOT NULL,
    condition TEXT NOT NULL,
    unit_price BIGINT NOT NULL,
    discount_percent BIGINT NOT NULL,
    tax_code_id BIGINT,
    net BIGINT NOT NULL,
    cost BIGINT NOT NULL,
    order_line_entity TEXT,
    order_line_id BIGINT,
    excess BIGINT NOT NULL,
    returns_id BIGINT,
    part_of_id BIGINT
);
CREATE INDEX delivery_line_order_line_id ON delivery_line (order_line_id);
CREATE INDEX delivery_line_product_id ON delivery_line (product_id);
CREATE INDEX delivery_line_returns_id ON delivery_line (returns_id);
CREATE INDEX delivery_line_part_of_id ON delivery_line (part_of_id);
CREATE INDEX delivery_line_parent_id ON delivery_line (parent_id);
CREATE TABLE demand_rule (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    certain_percent BIGINT NOT NULL,
    backward_months BIGINT NOT NULL,
    forward_months BIGINT NOT NULL
);
CREATE UNIQUE INDEX demand_rule_company_id ON demand_rule (company_id);
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
CREATE TABLE downtime (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    work_center_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT,
    reason TEXT NOT NULL
);
CREATE INDEX downtime_work_center_id ON downtime (work_center_id);
CREATE INDEX downtime_company_id_starts_at ON downtime (company_id, starts_at);
CREATE TABLE employee (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    party_id BIGINT NOT NULL,
    calendar_id BIGINT NOT NULL,
    hourly_cost BIGINT NOT NULL,
    archived BIGINT NOT NULL
);
CREATE UNIQUE INDEX employee_company_id_party_id ON employee (company_id, party_id);
CREATE TABLE employee_skill (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    skill_id BIGINT NOT NULL,
    valid_until BIGINT
);
CREATE INDEX employee_skill_skill_id ON employee_skill (skill_id);
CREATE INDEX employee_skill_parent_id ON employee_skill (parent_id);
CREATE TABLE entry (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    number TEXT NOT NULL,
    posted_on BIGINT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    source_entity TEXT,
    source_id BIGINT,
    reverses_id BIGINT,
    folded BIGINT NOT NULL
);
CREATE INDEX entry_company_id_posted_on ON entry (company_id, posted_on);
CREATE INDEX entry_source_id ON entry (source_id);
CREATE INDEX entry_folded ON entry (folded);
CREATE TABLE entry_line (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    party_id BIGINT,
    customer_id BIGINT,
    text TEXT NOT NULL
);
CREATE INDEX entry_line_account_id ON entry_line (account_id);
CREATE INDEX entry_line_party_id ON entry_line (party_id);
CREATE INDEX entry_line_customer_id ON entry_line (customer_id);
CREATE INDEX entry_line_parent_id ON entry_line (parent_id);
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
CREATE TABLE forecast (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    product_id BIGINT,
    group_id BIGINT,
    method TEXT,
    season BIGINT,
    history_months BIGINT NOT NULL,
    deviation BIGINT,
    mase BIGINT,
    made_on BIGINT NOT NULL
);
CREATE INDEX forecast_company_id_product_id ON forecast (company_id, product_id);
CREATE INDEX forecast_group_id ON forecast (group_id);
CREATE TABLE forecast_month (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    month BIGINT NOT NULL,
    statistical BIGINT NOT NULL,
    adjusted BIGINT,
    reason TEXT,
    deviation BIGINT NOT NULL
);
CREATE INDEX forecast_month_parent_id ON forecast_month (parent_id);
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
CREATE TABLE identifier (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    scheme TEXT NOT NULL,
    value TEXT NOT NULL
);
CREATE INDEX identifier_value ON identifier (value);
CREATE INDEX identifier_parent_id ON identifier (parent_id);
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
CREATE TABLE inspection (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    number TEXT,
    state TEXT NOT NULL,
    receipt_id BIGINT NOT NULL,
    receipt_line_id BIGINT,
    order_line_entity TEXT,
    order_line_id BIGINT,
    product_id BIGINT NOT NULL,
    location_id BIGINT NOT NULL,
    lot TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    passed BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    returned BIGINT NOT NULL,
    reworked BIGINT NOT NULL,
    scrapped BIGINT NOT NULL,
    inspected_on BIGINT,
    reason TEXT NOT NULL
);
CREATE UNIQUE INDEX inspection_company_id_number ON inspection (company_id, number);
CREATE INDEX inspection_receipt_id ON inspection (receipt_id);
CREATE INDEX inspection_product_id ON inspection (product_id);
CREATE TABLE invoice (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    number TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    customer_id BIGINT NOT NULL,
    payer_id BIGINT,
    order_entity TEXT,
    order_id BIGINT,
    invoice_on BIGINT,
    supply_on BIGINT,
    due_on BIGINT,
    currency TEXT NOT NULL,
    your_reference TEXT,
    credits_id BIGINT,
    customer_name TEXT NOT NULL,
    customer_address TEXT NOT NULL,
    customer_vat_id TEXT,
    text TEXT,
    net BIGINT NOT NULL,
    tax BIGINT NOT NULL,
    gross BIGINT NOT NULL,
    retain_until BIGINT
);
CREATE INDEX invoice_customer_id ON invoice (customer_id);
CREATE INDEX invoice_payer_id ON invoice (payer_id);
CREATE INDEX invoice_order_id ON invoice (order_id);
CREATE INDEX invoice_credits_id ON invoice (credits_id);
CREATE INDEX invoice_company_id_invoice_on ON invoice (company_id, invoice_on);
CREATE TABLE invoice_line (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    product_id BIGINT,
    text TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    unit_id BIGINT,
    unit_price BIGINT NOT NULL,
    discount_percent BIGINT NOT NULL,
    net BIGINT NOT NULL,
    tax_code_id BIGINT,
    delivery_line_id BIGINT
);
CREATE INDEX invoice_line_delivery_line_id ON invoice_line (delivery_line_id);
CREATE INDEX invoice_line_parent_id ON invoice_line (parent_id);
CREATE TABLE invoice_tax (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    tax_code_id BIGINT NOT NULL,
    base BIGINT NOT NULL,
    tax BIGINT NOT NULL
);
CREATE INDEX invoice_tax_parent_id ON invoice_tax (parent_id);
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
CREATE TABLE job_card (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    work_order_id BIGINT NOT NULL,
    operation_id BIGINT NOT NULL,
    work_center_id BIGINT NOT NULL,
    worked_on BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    good BIGINT NOT NULL,
    scrapped BIGINT NOT NULL,
    rework BIGINT NOT NULL,
    minutes BIGINT NOT NULL,
    cost BIGINT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX job_card_work_order_id ON job_card (work_order_id);
CREATE INDEX job_card_work_center_id_worked_on ON job_card (work_center_id, worked_on);
CREATE INDEX job_card_company_id_worked_on ON job_card (company_id, worked_on);
CREATE TABLE job_title (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL
);
CREATE UNIQUE INDEX job_title_name ON job_title (name);
CREATE TABLE kit_part (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    quantity BIGINT NOT NULL
);
CREATE INDEX kit_part_product_id ON kit_part (product_id);
CREATE INDEX kit_part_parent_id ON kit_part (parent_id);
CREATE TABLE landed_cost (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    receipt_line_id BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    in_stock BIGINT NOT NULL
);
CREATE INDEX landed_cost_receipt_line_id ON landed_cost (receipt_line_id);
CREATE INDEX landed_cost_parent_id ON landed_cost (parent_id);
CREATE TABLE landing (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    receipt_id BIGINT NOT NULL,
    receipt_line_id BIGINT
);
CREATE INDEX landing_receipt_id ON landing (receipt_id);
CREATE INDEX landing_parent_id ON landing (parent_id);
CREATE TABLE location (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL
);
CREATE INDEX location_parent_id ON location (parent_id);
CREATE TABLE lock (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    until_day BIGINT NOT NULL
);
CREATE UNIQUE INDEX lock_company_id_kind ON lock (company_id, kind);
CREATE TABLE lot (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    lot TEXT NOT NULL,
    made_on BIGINT,
    received_on BIGINT,
    expires_on BIGINT,
    supplier_lot TEXT,
    potency_percent BIGINT,
    hold_reason TEXT
);
CREATE UNIQUE INDEX lot_company_id_product_id_lot ON lot (company_id, product_id, lot);
CREATE INDEX lot_company_id_expires_on ON lot (company_id, expires_on);
CREATE INDEX lot_product_id ON lot (product_id);
CREATE TABLE maintenance (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    work_center_id BIGINT NOT NULL,
    every_days BIGINT,
    every_hours BIGINT,
    minutes BIGINT NOT NULL,
    last_done_on BIGINT,
    archived BIGINT NOT NULL
);
CREATE INDEX maintenance_work_center_id ON maintenance (work_center_id);
CREATE TABLE maintenance_part (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    quantity BIGINT NOT NULL
);
CREATE INDEX maintenance_part_parent_id ON maintenance_part (parent_id);
CREATE TABLE maintenance_record (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    maintenance_id BIGINT NOT NULL,
    work_center_id BIGINT NOT NULL,
    downtime_id BIGINT NOT NULL,
    done_on BIGINT NOT NULL,
    hours BIGINT NOT NULL,
    minutes BIGINT NOT NULL,
    cost BIGINT NOT NULL
);
CREATE INDEX maintenance_record_maintenance_id ON maintenance_record (maintenance_id);
CREATE INDEX maintenance_record_work_center_id_done_on ON maintenance_record (work_center_id, done_on);
CREATE TABLE migration (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE TABLE note (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    about_entity TEXT NOT NULL,
    about_id BIGINT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX note_about_id ON note (about_id);
CREATE TABLE opportunity (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    title TEXT NOT NULL,
    stage TEXT NOT NULL,
    party_id BIGINT NOT NULL,
    contact_id BIGINT,
    amount BIGINT NOT NULL,
    probability BIGINT,
    expected_on BIGINT,
    responsible_id BIGINT,
    source TEXT,
    next_step TEXT,
    next_step_on BIGINT,
    lost_reason TEXT
);
CREATE INDEX opportunity_party_id ON opportunity (party_id);
CREATE INDEX opportunity_stage_expected_on ON opportunity (stage, expected_on);
CREATE INDEX opportunity_responsible_id ON opportunity (responsible_id);
CREATE TABLE party (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    number TEXT,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    given_name TEXT,
    family_name TEXT,
    tax_number TEXT,
    vat_id TEXT,
    email TEXT,
    phone TEXT,
    is_customer BIGINT NOT NULL,
    is_supplier BIGINT NOT NULL,
    is_employee BIGINT NOT NULL,
    responsible_id BIGINT,
    plan TEXT,
    next_step TEXT,
    next_step_on BIGINT,
    credit_limit BIGINT,
    payment_days BIGINT NOT NULL,
    billing TEXT NOT NULL,
    over_delivery_percent BIGINT NOT NULL,
    language TEXT,
    job_title_id BIGINT,
    organisation_id BIGINT,
    iban TEXT,
    archived BIGINT NOT NULL,
    merged_into_id BIGINT,
    retain_until BIGINT,
    source_key TEXT
);
CREATE UNIQUE INDEX party_number ON party (number);
CREATE INDEX party_name ON party (name);
CREATE INDEX party_responsible_id ON party (responsible_id);
CREATE INDEX party_organisation_id ON party (organisation_id);
CREATE INDEX party_source_key ON party (source_key);
CREATE INDEX party_merged_into_id ON party (merged_into_id);
CREATE TABLE payment (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    number TEXT,
    state TEXT NOT NULL,
    direction TEXT NOT NULL,
    side TEXT NOT NULL,
    method TEXT NOT NULL,
    party_id BIGINT NOT NULL,
    paid_on BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    text TEXT NOT NULL,
    bank_line_id BIGINT
);
CREATE UNIQUE INDEX payment_company_id_number ON payment (company_id, number);
CREATE INDEX payment_party_id ON payment (party_id);
CREATE INDEX payment_bank_line_id ON payment (bank_line_id);
CREATE INDEX payment_company_id_paid_on ON payment (company_id, paid_on);
CREATE TABLE peg (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    warehouse_id BIGINT NOT NULL,
    demand_entity TEXT NOT NULL,
    demand_id BIGINT NOT NULL,
    document_entity TEXT NOT NULL,
    document_id BIGINT NOT NULL,
    due BIGINT NOT NULL,
    kind TEXT NOT NULL,
    supply_entity TEXT,
    supply_id BIGINT,
    quantity BIGINT NOT NULL
);
CREATE INDEX peg_demand_id ON peg (demand_id);
CREATE INDEX peg_supply_id ON peg (supply_id);
CREATE INDEX peg_company_id_product_id_due ON peg (company_id, product_id, due);
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
CREATE TABLE price (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    price BIGINT NOT NULL,
    from_quantity BIGINT NOT NULL,
    valid_from BIGINT,
    valid_to BIGINT
);
CREATE INDEX price_product_id ON price (product_id);
CREATE INDEX price_parent_id ON price (parent_id);
CREATE TABLE price_list (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    basis TEXT NOT NULL,
    archived BIGINT NOT NULL
);
CREATE UNIQUE INDEX price_list_name ON price_list (name);
CREATE TABLE product (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    kind TEXT NOT NULL,
    unit_id BIGINT NOT NULL,
    tax_code_id BIGINT,
    list_price BIGINT NOT NULL,
    standard_cost BIGINT NOT NULL,
    costing TEXT NOT NULL,
    costing_lot BIGINT NOT NULL,
    is_bought BIGINT NOT NULL,
    is_sold BIGINT NOT NULL,
    group_id BIGINT,
    environment TEXT NOT NULL,
    engineering_days BIGINT,
    planned_by TEXT NOT NULL,
    lot_sizing TEXT NOT NULL,
    lot_quantity BIGINT NOT NULL,
    lot_days BIGINT,
    ordering_cost BIGINT NOT NULL,
    holding_cost_percent BIGINT NOT NULL,
    lot_minimum BIGINT NOT NULL,
    lot_multiple BIGINT NOT NULL,
    lot_maximum BIGINT NOT NULL,
    safety_stock BIGINT NOT NULL,
    service_level_percent BIGINT,
    safety_days BIGINT,
    planning_fence_days BIGINT,
    tracked_by TEXT NOT NULL,
    shelf_life_days BIGINT,
    archived BIGINT NOT NULL,
    source_key TEXT
);
CREATE UNIQUE INDEX product_code ON product (code);
CREATE INDEX product_name ON product (name);
CREATE INDEX product_source_key ON product (source_key);
CREATE TABLE product_group (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL
);
CREATE UNIQUE INDEX product_group_code ON product_group (code);
CREATE TABLE product_stock (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    warehouse_id BIGINT NOT NULL,
    on_hand BIGINT NOT NULL,
    usable BIGINT NOT NULL,
    pegged BIGINT NOT NULL,
    value BIGINT NOT NULL,
    has_lots BIGINT NOT NULL
);
CREATE UNIQUE INDEX product_stock_company_id_product_id_warehouse_id ON product_stock (company_id, product_id, warehouse_id);
CREATE INDEX product_stock_warehouse_id ON product_stock (warehouse_id);
CREATE TABLE purchase_order (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    number TEXT,
    supplier_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    ordered_on BIGINT,
    expected_on BIGINT,
    warehouse_id BIGINT,
    currency TEXT NOT NULL,
    their_reference TEXT,
    note TEXT,
    net BIGINT NOT NULL,
    tax BIGINT NOT NULL,
    gross BIGINT NOT NULL,
    history BIGINT NOT NULL,
    source_key TEXT
);
CREATE UNIQUE INDEX purchase_order_company_id_number ON purchase_order (company_id, number);
CREATE INDEX purchase_order_supplier_id ON purchase_order (supplier_id);
CREATE INDEX purchase_order_state_expected_on ON purchase_order (state, expected_on);
CREATE INDEX purchase_order_source_key ON purchase_order (source_key);
CREATE TABLE purchase_order_line (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    text TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    unit_id BIGINT,
    unit_price BIGINT,
    net BIGINT NOT NULL,
    tax_code_id BIGINT,
    expected_on BIGINT,
    operation_id BIGINT,
    waived BIGINT NOT NULL,
    given_up BIGINT NOT NULL,
    source_key TEXT
);
CREATE INDEX purchase_order_line_product_id ON purchase_order_line (product_id);
CREATE INDEX purchase_order_line_parent_id ON purchase_order_line (parent_id);
CREATE TABLE receipt (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    number TEXT,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    supplier_id BIGINT NOT NULL,
    received_on BIGINT NOT NULL,
    supplier_note TEXT NOT NULL,
    order_entity TEXT,
    order_id BIGINT,
    location_id BIGINT NOT NULL
);
CREATE UNIQUE INDEX receipt_company_id_number ON receipt (company_id, number);
CREATE INDEX receipt_order_id ON receipt (order_id);
CREATE INDEX receipt_supplier_id ON receipt (supplier_id);
CREATE TABLE receipt_line (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    text TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    stock_quantity BIGINT NOT NULL,
    unit_price BIGINT NOT NULL,
    net BIGINT NOT NULL,
    value BIGINT NOT NULL,
    order_line_entity TEXT,
    order_line_id BIGINT,
    lot TEXT NOT NULL,
    blocked BIGINT NOT NULL,
    returns_id BIGINT,
    stock_move_id BIGINT
);
CREATE INDEX receipt_line_order_line_id ON receipt_line (order_line_id);
CREATE INDEX receipt_line_returns_id ON receipt_line (returns_id);
CREATE INDEX receipt_line_parent_id ON receipt_line (parent_id);
CREATE TABLE relation (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    role TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    note TEXT NOT NULL
);
CREATE INDEX relation_person_id ON relation (person_id);
CREATE INDEX relation_parent_id ON relation (parent_id);
CREATE TABLE role (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    everything BIGINT NOT NULL
);
CREATE UNIQUE INDEX role_code ON role (code);
CREATE TABLE sales_order (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    number TEXT,
    customer_id BIGINT NOT NULL,
    payer_id BIGINT,
    contact_id BIGINT,
    state TEXT NOT NULL,
    ordered_on BIGINT,
    valid_until BIGINT,
    requested_on BIGINT,
    reserved BIGINT NOT NULL,
    promised_on BIGINT,
    warehouse_id BIGINT,
    currency TEXT NOT NULL,
    your_reference TEXT,
    responsible_id BIGINT,
    opportunity_entity TEXT,
    opportunity_id BIGINT,
    note TEXT,
    net BIGINT NOT NULL,
    tax BIGINT NOT NULL,
    gross BIGINT NOT NULL,
    cost BIGINT NOT NULL,
    history BIGINT NOT NULL,
    source_key TEXT
);
CREATE UNIQUE INDEX sales_order_company_id_number ON sales_order (company_id, number);
CREATE INDEX sales_order_customer_id_ordered_on ON sales_order (customer_id, ordered_on);
CREATE INDEX sales_order_state_ordered_on ON sales_order (state, ordered_on);
CREATE INDEX sales_order_ordered_on ON sales_order (ordered_on);
CREATE INDEX sales_order_source_key ON sales_order (source_key);
CREATE INDEX sales_order_opportunity_id ON sales_order (opportunity_id);
CREATE INDEX sales_order_reserved_valid_until ON sales_order (reserved, valid_until);
CREATE TABLE sales_order_line (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    product_id BIGINT,
    text TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    unit_id BIGINT,
    unit_price BIGINT,
    discount_percent BIGINT NOT NULL,
    net BIGINT NOT NULL,
    tax_code_id BIGINT,
    cost BIGINT NOT NULL,
    promised_on BIGINT,
    waived BIGINT NOT NULL,
    source_key TEXT
);
CREATE INDEX sales_order_line_product_id ON sales_order_line (product_id);
CREATE INDEX sales_order_line_parent_id ON sales_order_line (parent_id);
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
CREATE TABLE shift (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    weekday TEXT NOT NULL,
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL
);
CREATE INDEX shift_parent_id ON shift (parent_id);
CREATE TABLE sign_in_failure (
    id BIGINT PRIMARY KEY,
    login TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX sign_in_failure_login_at ON sign_in_failure (login, at);
CREATE TABLE skill (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL
);
CREATE UNIQUE INDEX skill_code ON skill (code);
CREATE TABLE stock_balance (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    location_id BIGINT NOT NULL,
    lot TEXT NOT NULL,
    owner_id BIGINT NOT NULL,
    condition TEXT NOT NULL,
    on_hand BIGINT NOT NULL
);
CREATE UNIQUE INDEX stock_balance_company_id_product_id_location_id_lot_ow_ad983f92 ON stock_balance (company_id, product_id, location_id, lot, owner_id, condition);
CREATE TABLE stock_count (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    number TEXT,
    kind TEXT NOT NULL,
    location_id BIGINT,
    counted_on BIGINT,
    state TEXT NOT NULL,
    note TEXT
);
CREATE UNIQUE INDEX stock_count_company_id_number ON stock_count (company_id, number);
CREATE TABLE stock_move (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    location_id BIGINT NOT NULL,
    lot TEXT NOT NULL,
    owner_id BIGINT NOT NULL,
    condition TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    moved_on BIGINT NOT NULL,
    kind TEXT NOT NULL,
    document_entity TEXT NOT NULL,
    document_id BIGINT NOT NULL,
    line_entity TEXT,
    line_id BIGINT
);
CREATE INDEX stock_move_company_id_product_id_moved_on ON stock_move (company_id, product_id, moved_on);
CREATE INDEX stock_move_line_id ON stock_move (line_id);
CREATE INDEX stock_move_document_id ON stock_move (document_id);
CREATE TABLE supplier_invoice (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    number TEXT,
    state TEXT NOT NULL,
    supplier_id BIGINT NOT NULL,
    supplier_number TEXT NOT NULL,
    order_entity TEXT,
    order_id BIGINT,
    invoice_on BIGINT,
    received_on BIGINT,
    supply_on BIGINT,
    due_on BIGINT,
    reference TEXT,
    stated_total BIGINT,
    net BIGINT NOT NULL,
    tax BIGINT NOT NULL,
    gross BIGINT NOT NULL
);
CREATE UNIQUE INDEX supplier_invoice_company_id_number ON supplier_invoice (company_id, number);
CREATE INDEX supplier_invoice_supplier_id_supplier_number ON supplier_invoice (supplier_id, supplier_number);
CREATE INDEX supplier_invoice_order_id ON supplier_invoice (order_id);
CREATE TABLE supplier_invoice_line (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    receipt_line_id BIGINT,
    product_id BIGINT,
    text TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    unit_price BIGINT NOT NULL,
    net BIGINT NOT NULL,
    expected BIGINT NOT NULL,
    tax_code_id BIGINT,
    account_id BIGINT,
    landed_by TEXT
);
CREATE INDEX supplier_invoice_line_receipt_line_id ON supplier_invoice_line (receipt_line_id);
CREATE INDEX supplier_invoice_line_parent_id ON supplier_invoice_line (parent_id);
CREATE TABLE supplier_invoice_tax (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    tax_code_id BIGINT NOT NULL,
    base BIGINT NOT NULL,
    tax BIGINT NOT NULL
);
CREATE INDEX supplier_invoice_tax_parent_id ON supplier_invoice_tax (parent_id);
CREATE TABLE supplier_price (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT,
    supplier_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    supplier_code TEXT NOT NULL,
    price BIGINT NOT NULL,
    minimum BIGINT NOT NULL,
    lead_time_days BIGINT NOT NULL,
    valid_from BIGINT,
    valid_to BIGINT,
    source_key TEXT
);
CREATE INDEX supplier_price_product_id ON supplier_price (product_id);
CREATE INDEX supplier_price_supplier_id ON supplier_price (supplier_id);
CREATE INDEX supplier_price_source_key ON supplier_price (source_key);
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
CREATE TABLE tax_code (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    rate BIGINT NOT NULL,
    exemption_reason TEXT,
    box_output TEXT,
    box_input TEXT,
    valid_from BIGINT,
    valid_to BIGINT
);
CREATE UNIQUE INDEX tax_code_code ON tax_code (code);
CREATE TABLE tax_record (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    document_entity TEXT NOT NULL,
    document_id BIGINT NOT NULL,
    direction TEXT NOT NULL,
    tax_code_id BIGINT NOT NULL,
    base BIGINT NOT NULL,
    tax BIGINT NOT NULL,
    party_id BIGINT,
    vat_id TEXT,
    document_on BIGINT NOT NULL,
    supplied_on BIGINT NOT NULL,
    received_on BIGINT,
    posted_on BIGINT NOT NULL,
    period_day BIGINT NOT NULL
);
CREATE INDEX tax_record_company_id_period_day ON tax_record (company_id, period_day);
CREATE INDEX tax_record_document_id ON tax_record (document_id);
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
CREATE TABLE transfer_line (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    lot TEXT NOT NULL,
    shipped BIGINT NOT NULL,
    received BIGINT NOT NULL,
    lost BIGINT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX transfer_line_product_id ON transfer_line (product_id);
CREATE INDEX transfer_line_parent_id ON transfer_line (parent_id);
CREATE TABLE transfer_order (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    number TEXT,
    state TEXT NOT NULL,
    from_warehouse_id BIGINT NOT NULL,
    to_warehouse_id BIGINT NOT NULL,
    ships_on BIGINT,
    arrives_on BIGINT,
    shipped_on BIGINT,
    received_on BIGINT,
    arrives_at_id BIGINT,
    note TEXT
);
CREATE UNIQUE INDEX transfer_order_company_id_number ON transfer_order (company_id, number);
CREATE INDEX transfer_order_state_arrives_on ON transfer_order (state, arrives_on);
CREATE INDEX transfer_order_to_warehouse_id ON transfer_order (to_warehouse_id);
CREATE INDEX transfer_order_from_warehouse_id ON transfer_order (from_warehouse_id);
CREATE TABLE unit (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    decimals BIGINT NOT NULL
);
CREATE UNIQUE INDEX unit_code ON unit (code);
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
CREATE TABLE value_entry (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    warehouse_id BIGINT NOT NULL,
    stock_move_id BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    kind TEXT NOT NULL,
    posted_on BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL
);
CREATE INDEX value_entry_stock_move_id ON value_entry (stock_move_id);
CREATE INDEX value_entry_company_id_product_id_posted_on ON value_entry (company_id, product_id, posted_on);
CREATE TABLE warehouse (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    is_default BIGINT NOT NULL,
    supplied_from_id BIGINT,
    transfer_days BIGINT NOT NULL,
    archived BIGINT NOT NULL
);
CREATE UNIQUE INDEX warehouse_company_id_code ON warehouse (company_id, code);
CREATE TABLE work_calendar (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    archived BIGINT NOT NULL
);
CREATE UNIQUE INDEX work_calendar_company_id_code ON work_calendar (company_id, code);
CREATE TABLE work_center (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    calendar_id BIGINT NOT NULL,
    capacity BIGINT NOT NULL,
    efficiency_percent BIGINT NOT NULL,
    hourly_cost BIGINT NOT NULL,
    standard_hourly_cost BIGINT,
    skill_id BIGINT,
    parent_id BIGINT,
    archived BIGINT NOT NULL
);
CREATE UNIQUE INDEX work_center_company_id_code ON work_center (company_id, code);
CREATE INDEX work_center_parent_id ON work_center (parent_id);
CREATE TABLE work_order (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    company_id BIGINT NOT NULL,
    number TEXT,
    product_id BIGINT NOT NULL,
    bill_id BIGINT,
    quantity BIGINT NOT NULL,
    state TEXT NOT NULL,
    starts_on BIGINT,
    due_on BIGINT,
    location_id BIGINT,
    order_entity TEXT,
    order_id BIGINT,
    order_line_entity TEXT,
    order_line_id BIGINT,
    first_serial BIGINT,
    note TEXT,
    completed BIGINT NOT NULL,
    scrapped BIGINT NOT NULL,
    planned_scrap BIGINT NOT NULL,
    rework_id BIGINT,
    takes_apart BIGINT NOT NULL,
    wip BIGINT NOT NULL,
    wip_material BIGINT NOT NULL,
    wip_labour BIGINT NOT NULL,
    price_variance BIGINT NOT NULL,
    usage_variance BIGINT NOT NULL,
    rate_variance BIGINT NOT NULL,
    efficiency_variance BIGINT NOT NULL,
    lot_variance BIGINT NOT NULL,
    yield_variance BIGINT NOT NULL,
    method_variance BIGINT NOT NULL,
    history BIGINT NOT NULL,
    source_key TEXT
);
CREATE UNIQUE INDEX work_order_company_id_number ON work_order (company_id, number);
CREATE INDEX work_order_product_id ON work_order (product_id);
CREATE INDEX work_order_state_due_on ON work_order (state, due_on);
CREATE INDEX work_order_order_line_id ON work_order (order_line_id);
CREATE TABLE work_order_line (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    by_potency BIGINT NOT NULL,
    issued BIGINT NOT NULL,
    taken BIGINT NOT NULL,
    value BIGINT NOT NULL,
    settled BIGINT NOT NULL,
    reason TEXT NOT NULL,
    operation BIGINT,
    replaces_id BIGINT,
    from_serial BIGINT,
    until_serial BIGINT
);
CREATE INDEX work_order_line_product_id ON work_order_line (product_id);
CREATE INDEX work_order_line_parent_id ON work_order_line (parent_id);
CREATE TABLE work_order_operation (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    work_center_id BIGINT NOT NULL,
    setup_minutes BIGINT NOT NULL,
    run_minutes BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    queue_minutes BIGINT NOT NULL,
    move_minutes BIGINT NOT NULL,
    transfer_quantity BIGINT,
    skill_id BIGINT,
    tool_id BIGINT,
    setup_family TEXT,
    outside_id BIGINT,
    inspect BIGINT NOT NULL,
    passed BIGINT NOT NULL,
    starts_at BIGINT,
    ends_at BIGINT,
    state TEXT NOT NULL,
    good BIGINT NOT NULL,
    scrapped BIGINT NOT NULL,
    rework BIGINT NOT NULL,
    minutes BIGINT NOT NULL,
    cost BIGINT NOT NULL
);
CREATE INDEX work_order_operation_work_center_id_state ON work_order_operation (work_center_id, state);
CREATE INDEX work_order_operation_parent_id ON work_order_operation (parent_id);
CREATE TABLE work_order_output (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    cost_share_percent BIGINT NOT NULL,
    completed BIGINT NOT NULL,
    value BIGINT NOT NULL
);
CREATE INDEX work_order_output_product_id ON work_order_output (product_id);
CREATE INDEX work_order_output_parent_id ON work_order_output (parent_id);
