-- Where a batch of claims is reviewed and where the finance bureau looks, as of the day on which it was filed; and whether interest that
-- was not paid on time is subsidised, by the terms of the day and as a batch was worked out.
-- +goose Up
ALTER TABLE loan_batch ADD COLUMN reviewer TEXT NOT NULL DEFAULT ''; -- organisation; empty: whoever may at the bank
ALTER TABLE loan_batch ADD COLUMN finance TEXT NOT NULL DEFAULT '';
ALTER TABLE loan_batch ADD COLUMN unpaid BIGINT NOT NULL DEFAULT 1 CHECK (unpaid IN (0, 1)); -- 1: subsidised whether paid on time or not
ALTER TABLE loan_term ADD COLUMN unpaid BIGINT NOT NULL DEFAULT 1 CHECK (unpaid IN (0, 1));
