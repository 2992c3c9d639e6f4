package product

import "zhidian/internal/platform/retain"

// Retention declares the tables of this package: loans rest on what was offered, for as long as the city. Nobody's personal data stands
// in them.
var Retention = []retain.Rule{
	{Table: "loan_product", Purpose: "retention.of.loan_product", With: retain.City},
	{Table: "loan_product_share", Purpose: "retention.of.loan_product_share", With: "loan_product"},
	{Table: "loan_product_line", Purpose: "retention.of.loan_product_line", With: retain.City},
	{Table: "loan_bank_criteria", Purpose: "retention.of.loan_bank_criteria", With: retain.City},
	{Table: "loan_bank_review", Purpose: "retention.of.loan_bank_review", With: retain.City},
	{Table: "loan_bank_finding", Purpose: "retention.of.loan_bank_finding", With: "loan_bank_review"},
}

// NamesOrg is the condition that the organisation that a column names is a bank with a product or a review.
func NamesOrg(column string) string {
	return `(EXISTS (SELECT 1 FROM loan_product WHERE loan_product.city = $1 AND loan_product.bank = ` + column + `)
		OR EXISTS (SELECT 1 FROM loan_bank_review WHERE loan_bank_review.city = $1 AND loan_bank_review.bank = ` + column + `))`
}
