using NeuroLab.Infrastructure.Identity;

namespace NeuroLab.UnitTests.Identity;

public sealed class PasswordHasherTests
{
    private readonly AspNetPasswordHasher _hasher = new();

    [Fact]
    public void Verify_WhenItIsThePassword_SaysYesAndElseNo()
    {
        var hash = _hasher.Hash("a good password");

        hash.Should().NotContain("password").And.NotBe(_hasher.Hash("a good password"));
        _hasher.Verify(hash, "a good password").Should().BeTrue();
        _hasher.Verify(hash, "another password").Should().BeFalse();
    }

    [Fact]
    public void Verify_WhenThereIsNoAccount_SaysNo() => _hasher.Verify(null, "a good password").Should().BeFalse();
}
