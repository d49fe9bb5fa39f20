"""Questions of customers: asked on a visit, answered at once, later, or by a department."""
