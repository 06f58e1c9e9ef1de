using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.IntegrationTests.Coverage;

namespace NeuroLab.Application.Accounts;

internal sealed class DeleteAccountSample : IRequestSample<DeleteAccount>
{
    public DeleteAccount Create(SampleUser user) => new(user.Id);

    // By this record every node knows that the access tokens of the account are void.
    public IEnumerable<CacheKey> AlwaysInvalidated(SampleUser user) => [AccountKeys.Account(user.Id)];
}
