using NeuroLab.IntegrationTests.Coverage;

namespace NeuroLab.Application.Experiments;

internal sealed class CreateExperimentSample : IRequestSample<CreateExperiment>
{
    public CreateExperiment Create(SampleUser user) => new(user.Id, "A new experiment", "memory", Parameters: null);
}
