/** The example scenarios. */
import type { ScenarioInput } from '#shared/domain/scenario.ts';

export const exampleScenarios: readonly ScenarioInput[] = [
  {
    schemaVersion: 1,
    id: 'simple',
    name: 'Simple scenario',
    description:
      'ResNet-18 and MobileNet v1 start together on the simple platform: who gets the NPU, and when is the GPU worth its power?',
    provenance: ['assumed: applications, and that they start together'],
    platform: 'simple',
    applications: [
      { id: 'resnet', name: 'ResNet-18', network: 'resnet18', startTimeMs: 0 },
      { id: 'mobilenet', name: 'MobileNet v1', network: 'mobilenet-v1', startTimeMs: 0 },
    ],
  },
  {
    schemaVersion: 1,
    id: 'multi',
    name: 'Multi-application scenario',
    description:
      'A frequent small CNN with priority, MobileNet v1 and ResNet-18, starting at different times on the simple platform.',
    provenance: ['assumed: applications, start times, periods, deadlines and priorities'],
    platform: 'simple',
    applications: [
      {
        id: 'gesture',
        name: 'Gesture CNN',
        network: 'cnn',
        startTimeMs: 0,
        periodMs: 12,
        instances: 3,
        deadlineMs: 12,
        priority: 1,
      },
      { id: 'detection', name: 'MobileNet v1', network: 'mobilenet-v1', startTimeMs: 4, deadlineMs: 50 },
      { id: 'recognition', name: 'ResNet-18', network: 'resnet18', startTimeMs: 8, deadlineMs: 60 },
    ],
  },
  {
    schemaVersion: 1,
    id: 'face-frames',
    name: 'Faces in camera frames',
    description:
      'A detector looks at every camera frame, and for each of two faces landmarks are found when it is done. A frame that is late for ' +
      'the next one is dropped.',
    provenance: [
      'assumed: applications, the period, the deadlines, and two faces in every frame (a scenario of our own)',
    ],
    platform: 'simple',
    applications: [
      {
        id: 'detector',
        name: 'Face detector',
        network: 'mobilenet-v1',
        periodMs: 8,
        instances: 6,
        deadlineMs: 16,
        priority: 1,
        late: 'drop',
      },
      {
        id: 'landmarks',
        name: 'Landmarks of a face',
        network: 'cnn',
        after: { application: 'detector' },
        instancesPerRelease: 2,
        deadlineMs: 16,
        late: 'drop',
      },
    ],
  },
  {
    schemaVersion: 1,
    id: 'galaxy-s9',
    name: 'Galaxy S9',
    description:
      "A phone's camera on the Exynos 9810: objects, scene and gestures several times a second, and a photo to " +
      'recognise. The big cluster runs faster the fewer of its cores are active.',
    provenance: [
      'assumed: applications, periods, deadlines and priorities',
      'derived: execution times by the cost models of the platform',
    ],
    platform: 'galaxy-s9',
    applications: [
      {
        id: 'objects',
        name: 'Object detection',
        network: 'yolov3-tiny',
        startTimeMs: 0,
        periodMs: 200,
        instances: 2,
        deadlineMs: 200,
        priority: 1,
      },
      {
        id: 'scene',
        name: 'Scene',
        network: 'mobilenet-v2',
        startTimeMs: 10,
        periodMs: 100,
        instances: 3,
        deadlineMs: 100,
      },
      {
        id: 'gesture',
        name: 'Gesture',
        network: 'squeezenet-1.1',
        startTimeMs: 5,
        periodMs: 100,
        instances: 3,
        deadlineMs: 60,
        priority: 2,
      },
      { id: 'photo', name: 'Photo', network: 'resnet18', startTimeMs: 50, deadlineMs: 300 },
    ],
  },
  {
    schemaVersion: 1,
    id: 'hikey970',
    name: 'HiKey970 camera',
    description:
      'A camera board on the Kirin 970: detection at 10 Hz and two classifiers, of which only some layers suit the NPU.',
    provenance: [
      'assumed: applications, periods, deadlines and priorities',
      'derived: execution times by the cost models of the platform',
    ],
    platform: 'hikey970',
    applications: [
      {
        id: 'detection',
        name: 'Detection',
        network: 'yolov3-tiny',
        startTimeMs: 0,
        periodMs: 100,
        instances: 3,
        deadlineMs: 100,
        priority: 1,
      },
      {
        id: 'tracking',
        name: 'Tracking',
        network: 'mobilenet-v1',
        startTimeMs: 5,
        periodMs: 66.7,
        instances: 4,
        deadlineMs: 66.7,
      },
      { id: 'recognition', name: 'Recognition', network: 'resnet50', startTimeMs: 20, deadlineMs: 300 },
    ],
  },
  {
    schemaVersion: 1,
    id: 'midap',
    name: 'MIDAP with measured layers',
    description:
      'ResNet-50 and MobileNet v2 on an NPU whose layers are measured, one by one, and CPU cores whose times are modelled.',
    provenance: [
      'assumed: applications, and that they start together',
      'published: times on the NPU (cap-lab/MidapSim)',
      'derived: times on the CPU by its cost model',
    ],
    platform: 'midap-board',
    applications: [
      { id: 'resnet', name: 'ResNet-50', network: 'resnet50', instances: 2, periodMs: 5, startTimeMs: 0 },
      { id: 'mobilenet', name: 'MobileNet v2', network: 'mobilenet-v2', instances: 4, periodMs: 2.5, startTimeMs: 0 },
    ],
  },
];
