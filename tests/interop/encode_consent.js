/*
 * Consent strings of the IAB's own encoders, with what their own decoders read in them: a line "string<TAB>fields" each, in the form
 * that decode_lines prints. Needs @iabtcf/core and @iabgpp/cmpapi where NODE_PATH says.
 *
 *     node encode_consent.js tcf|gpp COUNT SEED
 */
"use strict";
const [, , what, count, seed] = process.argv;

/* mulberry32: the same numbers everywhere. */
let state = Number(seed) >>> 0;
function random() {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const below = (n) => Math.floor(random() * n);
const coin = (chance) => random() < chance;
const pick = (list) => list[below(list.length)];

/* Runs and single ids, so that the encoder takes bit fields for some and ranges for others. */
function some(most, chance) {
    const ids = new Set();
    const kind = below(4);
    if (kind === 0) return [];
    for (let id = 1; id <= most; id++) if (coin(kind === 1 ? chance : 0.01)) ids.add(id);
    for (let runs = kind === 3 ? below(4) : 0; runs > 0; runs--) {
        const from = 1 + below(most);
        for (let id = from; id <= Math.min(most, from + below(40)); id++) ids.add(id);
    }
    return [...ids];
}

/* ---- TCF ---- */

function vendor_list(tcf) {
    const vendors = {};
    const purposes = {};
    const features = {};
    for (let p = 1; p <= 11; p++) purposes[p] = { id: p, name: "p" + p, description: "", illustrations: [] };
    for (let f = 1; f <= 2; f++) features[f] = { id: f, name: "f" + f, description: "", illustrations: [] };
    for (let v = 1; v <= 900; v++) {
        const all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
        const by_interest = v % 3 === 0 ? [2, 7, 8, 9, 10, 11] : [];
        vendors[v] = {
            id: v, name: "v" + v, purposes: all.filter((p) => !by_interest.includes(p)), legIntPurposes: by_interest,
            flexiblePurposes: [2, 7, 8, 9, 10], specialPurposes: [], features: [], specialFeatures: [1, 2], policyUrl: "",
        };
    }
    return new tcf.GVL({
        gvlSpecificationVersion: 3, vendorListVersion: 48, tcfPolicyVersion: 4, lastUpdated: "2025-06-03T00:00:00Z",
        purposes, specialPurposes: {}, features: {}, specialFeatures: features, stacks: {}, dataCategories: {}, vendors,
    });
}

/* "1-3,7" */
function ids(vector) {
    const runs = [];
    vector.forEach((has, id) => {
        if (!has) return;
        const last = runs[runs.length - 1];
        if (last && last[1] === id - 1) last[1] = id;
        else runs.push([id, id]);
    });
    return runs.map(([from, to]) => (from === to ? String(from) : from + "-" + to)).join(",");
}

function tcf_fields(model) {
    const restrictions = [];
    for (const r of model.publisherRestrictions.getRestrictions())
        for (const v of model.publisherRestrictions.getVendors(r)) restrictions.push([v, r.purposeId, r.restrictionType]);
    restrictions.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    return [
        model.created.getTime() / 100, model.lastUpdated.getTime() / 100, model.cmpId, model.cmpVersion, model.consentScreen,
        model.consentLanguage.toUpperCase(), model.vendorListVersion, model.policyVersion, model.isServiceSpecific ? 1 : 0,
        model.useNonStandardTexts ? 1 : 0, "f" + ids(model.specialFeatureOptins), "c" + ids(model.purposeConsents),
        "l" + ids(model.purposeLegitimateInterests), model.purposeOneTreatment ? 1 : 0, model.publisherCountryCode,
        "C" + ids(model.vendorConsents), "L" + ids(model.vendorLegitimateInterests),
        "R" + restrictions.map((r) => r.join(":")).join(","), "D" + ids(model.vendorsDisclosed),
        "P" + ids(model.publisherConsents) + "/" + ids(model.publisherLegitimateInterests),
    ].join(" ");
}

function tcf_string(tcf, list) {
    const model = new tcf.TCModel(list);
    const day = new Date(Date.UTC(2023, 10, 21 + below(700)));
    model.created = day;
    model.lastUpdated = day;
    model.cmpId = 2 + below(4000);
    model.cmpVersion = below(4096);
    model.consentScreen = below(64);
    model.consentLanguage = pick(["EN", "DE", "FR", "PL"]);
    model.publisherCountryCode = pick(["DE", "AT", "FR", "ES"]);
    model.isServiceSpecific = coin(0.9);
    model.useNonStandardTexts = coin(0.1);
    model.purposeOneTreatment = coin(0.1);
    model.specialFeatureOptins.set(some(2, 0.5));
    model.purposeConsents.set(some(11, 0.7));
    model.purposeLegitimateInterests.set(some(11, 0.5).filter((p) => p === 2 || p > 6));
    model.vendorConsents.set(some(900, 0.3));
    model.vendorLegitimateInterests.set(some(900, 0.1));
    model.vendorsDisclosed.set(some(900, 0.5));
    if (coin(0.3)) model.publisherConsents.set(some(11, 0.5));
    /* one of a vendor: of two for the same purpose their decoder tells both, ours the stricter */
    for (const vendor of coin(0.6) ? some(900, 0.02) : []) {
        const r = new tcf.PurposeRestriction();
        r.purposeId = pick([2, 7, 8, 9, 10]);
        r.restrictionType = below(3);
        model.publisherRestrictions.add(vendor, r);
    }
    const segments = [tcf.Segment.CORE, tcf.Segment.VENDORS_DISCLOSED, tcf.Segment.PUBLISHER_TC];
    const text = tcf.TCString.encode(model, { version: 2, segments: segments.slice(0, 1 + below(3)) });
    return text + "\t" + tcf_fields(tcf.TCString.decode(text));
}

/* ---- GPP ---- */

const lists = (value) => (Array.isArray(value) ? value : [value]).join("");

/* sale sharing targeted / sensitive / children / covered / gpc; '-' where the section has no such field. */
function us_fields(object) {
    const field = (name) => (name in object ? lists(object[name]) : "-");
    const children = object.KnownChildSensitiveDataConsents;
    return [
        field("SaleOptOut") + field("SharingOptOut") + field("TargetedAdvertisingOptOut"), field("SensitiveDataProcessing"),
        children === undefined ? "-" : lists(children), field("MspaCoveredTransaction"),
        object.GpcSegmentIncluded === false || !("Gpc" in object) ? "-" : object.Gpc ? "1" : "0",
    ].join("/");
}

const STATES = ["usnat", "usca", "usva", "usco", "usut", "usct", "usfl", "usmt", "usor", "ustx", "usde", "usia", "usne", "usnh",
    "usnj", "ustn", "usmn", "usmd", "usin", "usky", "usri"];

/* Some decoders of the package refuse a targeted opt-out that no notice goes with: notices and answers are kept in step. */
function fill(model, section) {
    const fields = model.getSection(section);
    for (const [name, value] of Object.entries(fields)) {
        if (name === "Version" || name === "MspaVersion" || /Segment|Mspa/.test(name)) continue;
        if (typeof value === "boolean") { if (name === "Gpc") model.setFieldValue(section, name, coin(0.3)); continue; }
        if (/Notice$/.test(name)) { model.setFieldValue(section, name, 1); continue; }
        if (Array.isArray(value)) model.setFieldValue(section, name, value.map(() => below(3)));
        else if (typeof value === "number") model.setFieldValue(section, name, 1 + below(2));
    }
    model.setFieldValue(section, "MspaCoveredTransaction", 1 + below(2));
}

function gpp_string(gpp) {
    const model = new gpp.GppModel();
    for (const section of STATES.filter(() => coin(0.12))) {
        model.setFieldValue(section, "SaleOptOut", 1);
        fill(model, section);
    }
    if (coin(0.3)) model.setFieldValue("uspv1", "OptOutSale", pick(["Y", "N", "-"]));
    if (!model.getSectionIds().length) fill((model.setFieldValue("usnat", "SaleOptOut", 2), model), "usnat");
    const text = model.encode();
    const read = new gpp.GppModel(text);
    const said = read.getSectionIds().map((id) => {
        const name = gpp.Sections ? gpp.Sections.SECTION_ID_NAME_MAP.get(id) : NAMES.get(id);
        if (id === 6) return id + "=" + read.encodeSection("uspv1");
        return id + "=" + us_fields(read.getSection(name));
    });
    return text + "\t" + said.join(" ");
}
const NAMES = new Map([[6, "uspv1"], ...STATES.map((name, i) => [7 + i, name])]);

const package_of = { tcf: "@iabtcf/core", gpp: "@iabgpp/cmpapi" }[what];
const library = require(package_of);
const list = what === "tcf" ? vendor_list(library) : null;
for (let i = 0; i < Number(count); i++) console.log(what === "tcf" ? tcf_string(library, list) : gpp_string(library));
