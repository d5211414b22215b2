"""Services: who stands behind them and at which address. Everything here is pure."""
