"""What the real liblsl makes of the packets of a simulated case.

    cargo run -p signal --example dejitter -- series ecg_30ms | python3 dejitter.py

Needs pylsl (with its liblsl) and numpy. An outlet sends each packet as a chunk
stamped with its arrival, an inlet in the same process reads it with
proc_dejitter. liblsl is not told of missing packets. Prints one line of JSON:
errors in ms from 180 s on, like the example's `lsl`.
"""

import json
import sys
import uuid

import numpy as np
import pylsl

STEADY = 180.0


def main():
    case = json.load(sys.stdin)
    rate, samples = case["rate"], case["samples"]
    name = "dejitter-" + uuid.uuid4().hex
    outlet = pylsl.StreamOutlet(pylsl.StreamInfo(name, "ECG", 1, rate, "float32", name))
    found = pylsl.resolve_byprop("name", name, timeout=10)
    inlet = pylsl.StreamInlet(found[0], max_buflen=360, processing_flags=pylsl.proc_dejitter)
    inlet.open_stream(timeout=10)
    outlet.wait_for_consumers(10)
    stamps = []
    for _, host_ns, _, _ in case["packets"]:
        outlet.push_chunk([[0.0]] * samples, host_ns / 1e9)
        for _ in range(samples):
            _, stamp = inlet.pull_sample(timeout=5)
            if stamp is None:
                sys.exit("a sample did not come")
            stamps.append(stamp)
    last = np.array([packet[2] for packet in case["packets"]])
    step = np.array([packet[3] for packet in case["packets"]])
    truth = (last[:, None] - np.arange(samples - 1, -1, -1) * step[:, None]).ravel()
    seconds = np.repeat((last - last[0]) / 1e9, samples)
    error = (np.array(stamps) * 1e9 - truth)[seconds >= STEADY] / 1e6
    own = error - error.mean()
    figures = {
        "library": pylsl.library_version(),
        "rms": float(np.sqrt((error**2).mean())),
        "max": float(np.abs(error).max()),
        "own_rms": float(np.sqrt((own**2).mean())),
        "own_max": float(np.abs(own).max()),
    }
    print(json.dumps(figures))


main()
