using NeuroLab.IntegrationTests.Coverage;

namespace NeuroLab.Application.Experiments;

internal sealed class RenameExperimentSample : IRequestSample<RenameExperiment>
{
    public RenameExperiment Create(SampleUser user) => new(user.Id, user.ExperimentId, "Another name");
}
