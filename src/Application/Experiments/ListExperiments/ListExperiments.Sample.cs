using NeuroLab.IntegrationTests.Coverage;

namespace NeuroLab.Application.Experiments;

internal sealed class ListExperimentsSample : IRequestSample<ListExperiments>
{
    public ListExperiments Create(SampleUser user) => new(user.Id, Limit: 20, Offset: 0, ExperimentType: null, Status: null);
}
