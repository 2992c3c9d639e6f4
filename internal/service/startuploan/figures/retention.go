package figures

import "zhidian/internal/platform/retain"

// Retention says how long what was told of guarantee funds is kept.
var Retention = []retain.Rule{{Table: "loan_fund", Purpose: "retention.of.loan_fund", With: retain.City}}
