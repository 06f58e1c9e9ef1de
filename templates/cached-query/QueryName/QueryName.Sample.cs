using NeuroLab.IntegrationTests.Coverage;

namespace NeuroLab.Application.ModuleName;

internal sealed class QueryNameSample : IRequestSample<QueryName>
{
    public QueryName Create(SampleUser user) => new(user.Id, Days: 7);
}
