-- +goose Up
SET ROLE relance_owner;
-- Nothing is looked for by what is in them, and sampling documents takes long: while a spreadsheet is read, tables are
-- analysed each time they have doubled.
ALTER TABLE import_records ALTER COLUMN record SET STATISTICS 0;
ALTER TABLE staged_rows ALTER COLUMN body SET STATISTICS 0;
RESET ROLE;
