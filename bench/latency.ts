export interface LatencyResult {
  samples: number;
  incidentP50: number;
  incidentP95: number;
  slackP50: number;
  slackP95: number;
}
export async function measureLatency(_samples: number): Promise<LatencyResult> {
  throw new Error("todo");
}
