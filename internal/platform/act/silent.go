package act

// Silent is the condition that since the moment $2, in microseconds, no act has been about what a column names.
func Silent(column string) string {
	return `NOT EXISTS (SELECT 1 FROM act WHERE act.city = $1 AND act.subject = ` + column + ` AND act.at >= $2)`
}

// Idle is the condition that whoever a column names has not acted since the moment $2, in microseconds.
func Idle(column string) string {
	return `NOT EXISTS (SELECT 1 FROM act WHERE act.city = $1 AND act.actor = ` + column + ` AND act.at >= $2)`
}
