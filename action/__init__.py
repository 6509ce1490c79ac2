"""The steps of the GitHub Action (action.yml), as programs that need no GitHub to be tried."""
