"""The managers' pages: plan, charter, compliance, people, programs and paper."""
