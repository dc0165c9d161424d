"""
peer_graph.py DUMP: what bench_graph asked, of rustworkx (Rust, the usual Python library for large graphs): the same edges that move
values, ancestors() of the same columns. One JSON object: CPU milliseconds a question (median, 99th of 100), memory, columns found in all.
"""
import array
import json
import os
import statistics
import sys
import time


def resident_mb():
    with open("/proc/self/statm", encoding="ascii") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGESIZE") / (1 << 20)


def main():
    try:
        import rustworkx
    except ImportError:
        print("{}")
        return
    numbers = array.array("I")
    with open(sys.argv[1], "rb") as f:
        numbers.frombytes(f.read())
    n_columns, n_edges, n_asked = numbers[:3]
    ends = numbers[3:3 + 2 * n_edges]
    asked = numbers[3 + 2 * n_edges:3 + 2 * n_edges + n_asked]
    del numbers
    before = resident_mb()
    began = time.process_time()
    graph = rustworkx.PyDiGraph()
    graph.add_nodes_from(range(n_columns))
    graph.extend_from_edge_list(list(zip(ends[::2], ends[1::2])))
    added = time.process_time() - began
    times, found = [], 0
    for column in asked:
        began = time.process_time()
        found += len(rustworkx.ancestors(graph, column))
        times.append((time.process_time() - began) * 1000)
    times.sort()
    json.dump({"ms": statistics.median(times), "p99_ms": times[len(times) * 99 // 100], "add_s": added,
               "mb": resident_mb() - before, "columns": found}, sys.stdout)


main()
