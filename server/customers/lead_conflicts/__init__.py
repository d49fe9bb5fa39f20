"""Lead conflicts (撞单): one number, customers of two owners. How one is found, who was first, what is ruled. Rules C16, R2 to R4."""
