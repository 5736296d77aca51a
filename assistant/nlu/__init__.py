"""Understanding: the components that config.yml names, and the plain functions behind them."""
