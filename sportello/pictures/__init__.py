"""Pictures of figures: what they show (`specs`), the process that draws them (`easel`), and who asks it (`studio`)."""
