-- The register of letters (发文登记): a body's letters of a year by series and number, whichever matters they lie in.
CREATE INDEX letter_register ON letter (cell, body, year, series, number);
