using NeuroLab.IntegrationTests.Coverage;

namespace NeuroLab.Application.Experiments;

internal sealed class DeleteExperimentSample : IRequestSample<DeleteExperiment>
{
    public DeleteExperiment Create(SampleUser user) => new(user.Id, user.ExperimentId);
}
