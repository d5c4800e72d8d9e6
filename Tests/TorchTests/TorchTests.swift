import Testing
@testable import Torch
@Test func t() throws { let m = ScriptModule(named: "Classifier"); m.add(Tensor([Float(1)]), named: "a.b"); m.define("def forward(self, x0):\n    x1 = (x0 - torch.reshape(torch.tensor([0.5], dtype=torch.float32), [1, 1, 1, 1])) / 2.0\n    return torch.relu(x1)\n") }
