"use strict";
const family = document.getElementById("family");
const site = document.getElementById("site");
const count = document.getElementById("shown");
function fits(element) {
  const families = element.dataset.families;
  const sites = element.dataset.sites;
  return (!family.value || families === undefined || families.split(" ").includes(family.value)) &&
    (!site.value || sites === undefined || sites.split(" ").includes(site.value));
}
function filter() {
  let shown = 0;
  for (const element of document.querySelectorAll("[data-families], [data-sites]")) {
    const fitting = fits(element);
    // Parts of a drawing have the attribute but not the property.
    element.toggleAttribute("hidden", !fitting);
    shown += fitting && element.tagName === "TR" ? 1 : 0;
  }
  count.textContent = family.value || site.value ? shown + " rows shown" : "";
}
family.addEventListener("change", filter);
site.addEventListener("change", filter);
document.getElementById("reset").addEventListener("click", () => { family.value = ""; site.value = ""; filter(); });
const wanted = new URLSearchParams(location.hash.slice(1));
family.value = wanted.get("family") || "";
site.value = wanted.get("site") || "";
filter();
