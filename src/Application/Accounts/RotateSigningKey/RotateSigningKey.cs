using NeuroLab.Application.Abstractions.Identity;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Common;

namespace NeuroLab.Application.Accounts;

/// <summary>Changes the key with which access tokens are signed, without signing anybody out. For the executable, not for clients.</summary>
/// <remarks>Throws <see cref="ConflictException"/> when the key is configured: then it is changed in the configuration.</remarks>
[InvalidatesNothing("It writes a signing key only, which no cached query reads.")]
public sealed record RotateSigningKey : ICommand<KeyRotation>;

internal sealed class RotateSigningKeyHandler(ISigningKeyRotation keys) : ICommandHandler<RotateSigningKey, KeyRotation>
{
    public Task<KeyRotation> ExecuteAsync(RotateSigningKey command, CancellationToken cancellationToken) => keys.RotateAsync(cancellationToken);
}
