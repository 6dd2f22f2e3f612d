"""What repeats over the documents of a site, proposed as rules with the evidence for each; suggestions and impact of rules."""
