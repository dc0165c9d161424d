"""
peer_classify.py CSV ROWS: DataHub's own classifier (acryl-datahub-classify 0.0.11) on the first rows of a CSV file, as one
JSON object. Its language model is replaced by an empty one, which makes it faster than it is when it is used.
"""
import csv
import itertools
import json
import sys
import time

import spacy

spacy.load = lambda name, **_: spacy.blank("en")

from datahub_classify.helper_classes import ColumnInfo, Metadata  # noqa: E402
from datahub_classify.infotype_predictor import predict_infotypes  # noqa: E402
from datahub_classify.reference_input import input1 as settings  # noqa: E402


def main():
    with open(sys.argv[1], newline="", encoding="utf-8") as f:
        rows = list(itertools.islice(csv.reader(f), int(sys.argv[2]) + 1))
    names, rows = rows[0], rows[1:]
    columns = [ColumnInfo(Metadata({"Name": name, "Description": "", "Datatype": "str", "Dataset_Name": "leads"}), list(values))
               for name, values in zip(names, zip(*rows))]
    began = time.process_time()
    predict_infotypes(columns, 0.6, settings)
    took = time.process_time() - began
    print(json.dumps({"values": len(rows) * len(names), "cpu_s": took,
                      "found": {c.metadata.name: [p.infotype for p in c.infotype_proposals or []] for c in columns}}))


main()
