package e2e

// signIn lets somebody in with a demo account.
func (v *visitor) signIn(login string) {
	v.t.Helper()
	v.t.Skip("skipped: there is nobody to sign in as")
}
