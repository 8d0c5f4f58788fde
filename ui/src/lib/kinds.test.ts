import { expect, it } from "vitest";
import { kindOf, limitsOf } from "./kinds";

it("knows every label of the host's catalogue", () => {
  const labels = ["ECG", "Heart rate", "RR interval", "Energy expended", "Heart rate variability", "Oxygen saturation", "Temperature", "Blood pressure", "Respiration", "Battery", "Location", "Value"];
  expect(labels.map((label) => kindOf({ label, attribute: "x" }))).toEqual(
    ["ecg", "heart-rate", "rr-interval", "energy", "hrv", "spo2", "temperature", "blood-pressure", "respiration", "battery", "location", "generic"],
  );
});

it("falls back on the attribute's id", () => {
  expect(kindOf({ label: "Value", attribute: "heart_rate" })).toBe("heart-rate");
  expect(kindOf({ label: "", attribute: "skin_temperature" })).toBe("temperature");
});

it("gives a side channel no limits of the main one", () => {
  expect(limitsOf("location", 1, 6).minSpan).toBe(limitsOf("location", 0, 6).minSpan);
  expect(limitsOf("location", 2, 1)).toEqual({ minSpan: 0.4 });
  expect(limitsOf("spo2", 0, 0)).toMatchObject({ floor: 0, ceiling: 100, minSpan: 8 });
});
