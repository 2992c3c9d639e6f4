-- +goose Up
-- Loans of one firm at several banks are looked for whenever a bank claims.
CREATE INDEX loan_contract_credit ON loan_contract (city, credit) WHERE credit <> '';
