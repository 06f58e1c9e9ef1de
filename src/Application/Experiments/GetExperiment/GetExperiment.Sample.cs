using NeuroLab.IntegrationTests.Coverage;

namespace NeuroLab.Application.Experiments;

internal sealed class GetExperimentSample : IRequestSample<GetExperiment>
{
    public GetExperiment Create(SampleUser user) => new(user.Id, user.ExperimentId);
}
