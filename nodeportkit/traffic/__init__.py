"""Where traffic goes: predicted, simulated, observed and compared, with the rules that cause it."""
